/// Lists folders. Blocks.
package enum TreeWalk {
    /// Which part of a folder.
    package enum Depth: Sendable {
        /// Everything below it.
        case everything
        /// What lies directly in it, without folders.
        case ownFiles
    }

    /// - Throws: ``SystemError`` if the folder itself cannot be listed; `CancellationError`. What lies in it and cannot be
    ///   listed is recorded as failed.
    package static func list(
        _ folder: BytePath,
        _ depth: Depth = .everything,
        hooks: FileHooks = FileHooks()
    ) throws -> Listing {
        var listing = Listing()
        try hooks.willOpen(folder)
        var open: [(path: BytePath, names: [BytePath])] = [(BytePath(bytes: []), try FileSystem.names(in: folder))]
        while let (parent, names) = open.popLast() {
            try Task.checkCancellation()
            for name in names {
                let path = parent.appending(name)
                let place = folder.appending(path)
                do throws(SystemError) {
                    let identity = try FileIdentity(of: place)
                    switch identity.kind {
                    case .file:
                        listing.files.append(
                            ListedFile(path: path, size: identity.size, modified: identity.modified)
                        )
                    case .link:
                        listing.others.links.append(
                            ListedLink(path: path, target: try FileSystem.target(ofLink: place))
                        )
                    case .folder:
                        guard depth == .everything else { continue }
                        try hooks.willOpen(place)
                        open.append((path, try FileSystem.names(in: place)))
                    case .pipe, .socket, .device, .unknown:
                        listing.others.skipped.append(SkippedItem(path: path, kind: identity.kind))
                    }
                } catch {
                    listing.others.failed.append(FailedItem(path: path, reason: error.reason))
                }
            }
        }
        listing.files.sort { $0.path < $1.path }
        listing.others.links.sort { $0.path < $1.path }
        listing.others.skipped.sort { $0.path < $1.path }
        listing.others.failed.sort { $0.path < $1.path }
        return listing
    }
}
