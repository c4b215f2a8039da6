private import Crypto

/// What is in a folder, sorted by the bytes of the paths. Paths are relative to the folder.
package struct Listing: Hashable, Sendable, Codable {
    package var files: [ListedFile] = []
    package var others = Others()

    /// What is recorded and not archived.
    package struct Others: Hashable, Sendable, Codable {
        package var links: [ListedLink] = []
        package var skipped: [SkippedItem] = []
        package var failed: [FailedItem] = []

        package init() {}
    }

    package init() {}

    /// Names the state of the folder: it differs as soon as an entry comes, goes, or is written to.
    package var digest: String {
        var hash = SHA256()
        func add(_ kind: String, _ path: BytePath, _ rest: String) {
            hash.update(data: Array("\(kind) \(path.bytes.count) ".utf8) + path.bytes + Array(" \(rest)\n".utf8))
        }
        for file in files { add("file", file.path, "\(file.size) \(file.modified)") }
        for link in others.links { add("link", link.path, link.target.description) }
        for item in others.skipped { add("skipped", item.path, item.kind.rawValue) }
        for item in others.failed { add("failed", item.path, item.reason) }
        return Hex.text(hash.finalize())
    }
}

/// A regular file as it was when the folder was listed.
package struct ListedFile: Hashable, Sendable, Codable {
    package var path: BytePath
    package var size: Int
    /// Nanoseconds since 1970.
    package var modified: Int64

    package init(path: BytePath, size: Int, modified: Int64) {
        self.path = path
        self.size = size
        self.modified = modified
    }
}

/// A symbolic link: recorded, not followed.
package struct ListedLink: Hashable, Sendable, Codable {
    package var path: BytePath
    package var target: BytePath

    package init(path: BytePath, target: BytePath) {
        self.path = path
        self.target = target
    }
}

/// A pipe, socket or device: recorded, not opened.
package struct SkippedItem: Hashable, Sendable, Codable {
    package var path: BytePath
    package var kind: FileKind

    package init(path: BytePath, kind: FileKind) {
        self.path = path
        self.kind = kind
    }
}

/// What should be in the archive and is not, and why.
package struct FailedItem: Hashable, Sendable, Codable {
    package var path: BytePath
    package var reason: String

    package init(path: BytePath, reason: String) {
        self.path = path
        self.reason = reason
    }
}
