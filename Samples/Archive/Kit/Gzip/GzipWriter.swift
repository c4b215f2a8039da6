private import CZlib

/// Compresses a stream of bytes into one gzip member. The same bytes always give the same output: the header holds no
/// time and no name.
package struct GzipWriter: ~Copyable {
    // zlib keeps a pointer back to its stream, which must therefore not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private let output: UnsafeMutableRawBufferPointer

    package init() throws(GzipError) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        output = .allocate(byteCount: 64 * 1024, alignment: 16)
        let code = czlib_deflate_init(stream, 6)
        guard code == Z_OK else { throw GzipError("the compressor does not start", code: code) }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
        output.deallocate()
    }

    /// Compresses more bytes and hands on what comes out.
    package mutating func write(
        _ bytes: UnsafeRawBufferPointer,
        to sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        guard !bytes.isEmpty else { return }
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        )
        stream.pointee.avail_in = UInt32(bytes.count)
        repeat { _ = try step(Z_NO_FLUSH, sink) } while stream.pointee.avail_out == 0
    }

    /// Hands on the rest. To be called once, at the end.
    package mutating func finish(to sink: (UnsafeRawBufferPointer) throws -> Void) throws {
        stream.pointee.next_in = nil
        stream.pointee.avail_in = 0
        while try step(Z_FINISH, sink) != Z_STREAM_END {}
    }

    private func step(_ flush: Int32, _ sink: (UnsafeRawBufferPointer) throws -> Void) throws -> Int32 {
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(output.count)
        let code = deflate(stream, flush)
        guard code >= 0 || code == Z_BUF_ERROR else { throw GzipError("the compressor failed", code: code) }
        let count = output.count - Int(stream.pointee.avail_out)
        if count > 0 { try sink(UnsafeRawBufferPointer(rebasing: output[..<count])) }
        return code
    }
}
