private import Crypto

/// Reads compressed files back. Blocks.
package enum FileChecker {
    /// The SHA-256 and the number of the bytes that a compressed file stands for.
    ///
    /// - Throws: ``SystemError``, ``GzipError``, `CancellationError`.
    package static func contents(ofCompressed path: BytePath) throws -> (sha256: String, size: Int) {
        let input = try OpenFile(reading: path)
        var hash = SHA256()
        var size = 0
        var reader = try GzipReader()
        try forEachPiece(of: input) { piece in
            try reader.write(piece) { bytes in
                hash.update(bufferPointer: bytes)
                size += bytes.count
            }
        }
        try reader.finish()
        return (Hex.text(hash.finalize()), size)
    }

    /// Why a compressed file is not what it should be; `nil` if it is.
    ///
    /// - Throws: `CancellationError`, and ``SystemError`` for a disk that does not work, which says nothing about the file.
    package static func fault(of record: FileRecord, in folder: BytePath) throws -> String? {
        let path = folder.appending(record.output)
        do {
            let found = try contents(ofCompressed: path)
            guard found.size == record.size else {
                return "\(path) holds \(found.size) bytes instead of \(record.size)"
            }
            guard found.sha256 == record.sha256 else { return "\(path) holds other bytes than were read" }
            return nil
        } catch let error as GzipError {
            return "\(path): \(error)"
        } catch let error as SystemError where error.isMissing {
            return "\(path) is missing"
        }
    }

    private static func forEachPiece(
        of file: borrowing OpenFile,
        _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: FileCompressor.pieceSize,
            alignment: 16
        )
        defer { buffer.deallocate() }
        while true {
            try Task.checkCancellation()
            let count = try file.read(into: buffer)
            guard count > 0 else { return }
            try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}
