package import Aloft

/// One folder to archive: the input of an instance.
package struct ArchiveJob: Hashable, Sendable, Codable {
    /// The whole source folder, absolute and without links.
    package var source: BytePath
    /// The whole output folder, likewise.
    package var output: BytePath
    /// The name of the subfolder; `nil`: the files that lie directly in the source folder.
    package var subfolder: BytePath?

    package init(source: BytePath, output: BytePath, subfolder: BytePath?) {
        self.source = source
        self.output = output
        self.subfolder = subfolder
    }

    /// The folder that is read.
    package var sourceFolder: BytePath { subfolder.map { source.appending($0) } ?? source }

    /// The folder that gets the files and the manifest.
    package var outputFolder: BytePath { subfolder.map { output.appending(OutputName.folder($0)) } ?? output }

    package var depth: TreeWalk.Depth { subfolder == nil ? .ownFiles : .everything }

    /// The same for the same folders in every run, so that a second run meets the instances of the first.
    package var id: InstanceID {
        let parts = [source, output, subfolder ?? BytePath(bytes: [])]
        // Paths hold no zero bytes, so no two jobs look alike.
        let text = parts.map(\.bytes).joined(separator: [0])
        return InstanceID("archive-\(Manifest.digest(of: Array(text)).prefix(32))")
    }
}

/// What archiving a folder came to: the result of an instance.
package struct ArchiveResult: Hashable, Sendable, Codable {
    package var files = 0
    package var bytesIn = 0
    package var bytesOut = 0
    package var links = 0
    package var skipped = 0
    package var failed = 0
    /// How many attempts at activities were not the first.
    package var retries = 0
    /// The state of the folder when it was listed.
    package var listing = ""
    /// The SHA-256 of `MANIFEST.json`.
    package var manifest = ""

    package init() {}

    package static func += (left: inout ArchiveResult, right: ArchiveResult) {
        left.files += right.files
        left.bytesIn += right.bytesIn
        left.bytesOut += right.bytesOut
        left.links += right.links
        left.skipped += right.skipped
        left.failed += right.failed
        left.retries += right.retries
    }
}
