private import Crypto

/// What the archive of a folder holds, and what it does not and why. Written last: a folder with a manifest is done.
package struct Manifest: Hashable, Sendable, Codable {
    /// The newest format that this code reads and the one that it writes.
    package static let currentFormat = 1

    package var format = Manifest.currentFormat
    /// The folder, absolute.
    package var source: BytePath
    /// The state of the folder when it was listed.
    package var listing: String
    package var files: [FileRecord]
    package var links: [ListedLink]
    package var skipped: [SkippedItem]
    package var failed: [FailedItem]

    package init(
        source: BytePath,
        listing: String,
        files: [FileRecord],
        links: [ListedLink] = [],
        skipped: [SkippedItem] = [],
        failed: [FailedItem] = []
    ) {
        self.source = source
        self.listing = listing
        self.files = files
        self.links = links
        self.skipped = skipped
        self.failed = failed
    }

    /// The contents of `MANIFEST.sha256`: what `sha256sum --check` reads in the source folder.
    package var checksums: [UInt8] {
        files.flatMap { ChecksumLine.make(sha256: $0.sha256, path: $0.path) }
    }

    /// The contents of `MANIFEST.json`.
    package func details() throws -> [UInt8] { try WholeFile.encode(self) }

    /// - Throws: ``SystemError``, ``MalformedFile``.
    package static func read(in folder: BytePath) throws -> Manifest {
        let path = folder.appending(OutputName.details)
        let manifest = try WholeFile.decode(Manifest.self, from: path)
        guard manifest.format <= currentFormat else {
            throw MalformedFile(
                path: path,
                underlying: "format \(manifest.format) is newer than this program knows (\(currentFormat))"
            )
        }
        return manifest
    }

    /// The SHA-256 of the contents of a file.
    package static func digest(of bytes: [UInt8]) -> String { Hex.text(SHA256.hash(data: bytes)) }
}

/// A file that was archived.
package struct FileRecord: Hashable, Sendable, Codable {
    /// Relative to the source folder.
    package var path: BytePath
    /// Relative to the archive of the folder.
    package var output: BytePath
    package var size: Int
    package var compressedSize: Int
    /// Of the contents of the source.
    package var sha256: String
    /// What the file was when it was read.
    package var identity: FileIdentity

    package init(path: BytePath, _ result: FileCompressor.Result) {
        self.path = path
        output = OutputName.path(ofFile: path)
        size = result.identity.size
        compressedSize = result.compressedSize
        sha256 = result.sha256
        identity = result.identity
    }
}
