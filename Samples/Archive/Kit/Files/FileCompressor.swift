private import Crypto

/// Compresses single files in pieces, so that memory does not depend on their size. Blocks.
package struct FileCompressor: Sendable {
    static let pieceSize = 256 * 1024

    let hooks: FileHooks

    package init(hooks: FileHooks = FileHooks()) { self.hooks = hooks }

    /// What was read and written.
    package struct Result: Hashable, Sendable {
        package var identity: FileIdentity
        package var sha256: String
        package var compressedSize: Int
    }

    /// Reads a file, compresses it and puts the outcome in its place, whole or not at all.
    ///
    /// - Parameters:
    ///   - source: The file; a link is not followed.
    ///   - target: What is written. Its folder is made.
    ///   - temporary: Where it is written first: in an existing folder of the same file system.
    /// - Throws: ``SourceError`` for the source, ``SystemError`` for what is written, `CancellationError`.
    package func compress(_ source: BytePath, to target: BytePath, temporary: BytePath) throws -> Result {
        var isDone = false
        defer { if !isDone { try? FileSystem.removeFile(temporary) } }
        let result = try read(source, to: try OpenFile(creating: temporary))
        try FileSystem.makeFolder(target.parent)
        try FileSystem.move(temporary, to: target)
        isDone = true
        return result
    }

    private func read(_ source: BytePath, to output: consuming OpenFile) throws -> Result {
        let input = try Self.opening { () throws(SystemError) in
            try hooks.willOpen(source)
            return try OpenFile(reading: source)
        }
        let before = try Self.reading { () throws(SystemError) in try input.identity() }
        guard before.kind == .file else { throw SourceError.changed(source) }
        var hash = SHA256()
        var writer = try GzipWriter()
        var size = 0
        var compressedSize = 0
        func write(_ bytes: UnsafeRawBufferPointer) throws {
            compressedSize += bytes.count
            try output.write(bytes)
        }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceSize, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            try Task.checkCancellation()
            let count = try Self.reading { () throws(SystemError) in try input.read(into: buffer) }
            guard count > 0 else { break }
            size += count
            let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            hash.update(bufferPointer: piece)
            try writer.write(piece, to: write)
            hooks.didRead(source)
            // A file that grows as fast as it is read would never end.
            guard size <= before.size else { throw SourceError.changed(source) }
        }
        try writer.finish(to: write)
        // Both the file that was read and the one that has the name now: it may have been replaced.
        guard size == before.size, (try? input.identity()) == before, (try? FileIdentity(of: source)) == before else {
            throw SourceError.changed(source)
        }
        return Result(identity: before, sha256: Hex.text(hash.finalize()), compressedSize: compressedSize)
    }

    private static func opening(_ body: () throws(SystemError) -> OpenFile) throws(SourceError) -> OpenFile {
        do { return try body() } catch { throw .unreadable(error) }
    }

    private static func reading<Value>(_ body: () throws(SystemError) -> Value) throws(SourceError) -> Value {
        do { return try body() } catch { throw .unreadable(error) }
    }
}

/// Why a file of the source could not be archived.
package enum SourceError: Error, Hashable, CustomStringConvertible {
    case changed(BytePath)
    case unreadable(SystemError)

    /// What a manifest says.
    package var reason: String {
        switch self {
        case .changed: "changed while being read"
        case .unreadable(let error): error.reason
        }
    }

    /// Whether another try may go better.
    package var isPassing: Bool {
        switch self {
        case .changed: true
        case .unreadable(let error): !error.isAccessDenied
        }
    }

    package var description: String {
        switch self {
        case .changed(let path): "\(path) changed while being read"
        case .unreadable(let error): error.description
        }
    }
}
