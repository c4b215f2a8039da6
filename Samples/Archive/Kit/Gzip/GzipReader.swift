private import CZlib

/// Decompresses a stream of bytes that is one gzip member, and nothing behind it.
package struct GzipReader: ~Copyable {
    private let stream: UnsafeMutablePointer<z_stream>
    private let output: UnsafeMutableRawBufferPointer
    private var isAtEnd = false

    package init() throws(GzipError) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        output = .allocate(byteCount: 64 * 1024, alignment: 16)
        let code = czlib_inflate_init(stream)
        guard code == Z_OK else { throw GzipError("the decompressor does not start", code: code) }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        output.deallocate()
    }

    /// Decompresses more bytes and hands on what comes out.
    package mutating func write(
        _ bytes: UnsafeRawBufferPointer,
        to sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        guard !bytes.isEmpty else { return }
        guard !isAtEnd else { throw GzipError("there are bytes behind the end of the compressed data") }
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        )
        stream.pointee.avail_in = UInt32(bytes.count)
        repeat {
            stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = UInt32(output.count)
            let code = inflate(stream, Z_NO_FLUSH)
            guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else {
                throw GzipError("the compressed data is damaged", code: code)
            }
            let count = output.count - Int(stream.pointee.avail_out)
            if count > 0 { try sink(UnsafeRawBufferPointer(rebasing: output[..<count])) }
            isAtEnd = code == Z_STREAM_END
        } while !isAtEnd && stream.pointee.avail_out == 0
        guard !isAtEnd || stream.pointee.avail_in == 0 else {
            throw GzipError("there are bytes behind the end of the compressed data")
        }
    }

    /// To be called at the end of the data.
    package mutating func finish() throws {
        guard isAtEnd else { throw GzipError("the compressed data ends too early") }
    }
}
