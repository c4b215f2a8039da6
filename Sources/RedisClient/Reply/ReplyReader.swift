import CHiredis

/// Turns bytes into replies: hiredis parses, `ReplyBuilder` keeps the values.
package final class ReplyReader {
    /// The most bytes of a line without an end: longer ones are no Redis protocol.
    private static let maximumLineBytes = 1 << 20

    private let maximumBytes: Int
    private let builder: UnsafeMutablePointer<ReplyBuilder>
    private let reader: UnsafeMutablePointer<chiredis_reader>?

    package init(maximumBytes: Int) {
        self.maximumBytes = maximumBytes
        builder = .allocate(capacity: 1)
        builder.initialize(to: ReplyBuilder(maximumBytes: maximumBytes))
        reader = chiredis_reader_create(
            chiredis_callbacks(
                context: UnsafeMutableRawPointer(builder),
                on_bytes: { context, type, bytes, count in
                    ReplyReader.with(context) {
                        $0.addBytes(type: type, UnsafeRawBufferPointer(start: bytes, count: count))
                    }
                },
                on_array: { context, count in ReplyReader.with(context) { $0.openArray(count: count) } },
                on_integer: { context, value in ReplyReader.with(context) { $0.addInteger(value) } },
                on_nil: { context in ReplyReader.with(context) { $0.addNull() } }
            )
        )
    }

    deinit {
        chiredis_reader_free(reader)
        builder.deinitialize(count: 1)
        builder.deallocate()
    }

    /// Takes `bytes` in. In order to refuse a large reply before it is buffered, feed little and ask `next` in between.
    package func feed(_ bytes: UnsafeRawBufferPointer) throws(RedisError) {
        guard let reader, chiredis_reader_feed(reader, bytes.baseAddress, bytes.count) != 0 else { throw failure() }
    }

    /// The next complete reply, `nil` when more bytes are needed.
    ///
    /// - Throws: ``RedisError`` with code ``RedisError/Code/protocolViolation`` or ``RedisError/Code/replyTooLarge``.
    ///   The reader is of no further use then.
    package func next() throws(RedisError) -> RedisValue? {
        guard let reader else { throw failure() }
        switch chiredis_reader_next(reader) {
        case 1:
            return builder.pointee.takeResult()
        case 0:
            let awaited = Int(chiredis_reader_awaited_bulk(reader))
            if awaited > maximumBytes - builder.pointee.partialBytes {
                throw RedisError(code: .replyTooLarge, message: "a reply is over \(maximumBytes) bytes")
            }
            if awaited < 0, Int(chiredis_reader_buffered(reader)) > Self.maximumLineBytes {
                throw RedisError(code: .protocolViolation, message: "a line has no end")
            }
            return nil
        default:
            throw failure()
        }
    }

    private func failure() -> RedisError {
        if let failure = builder.pointee.failure { return failure }
        let text = reader.flatMap { chiredis_reader_error($0) }.map { String(cString: $0) } ?? "no memory"
        return RedisError(code: .protocolViolation, message: "the server's reply cannot be read: \(text)")
    }

    private static func with(_ context: UnsafeMutableRawPointer?, _ body: (inout ReplyBuilder) -> Bool) -> Int32 {
        guard let context else { return 0 }
        return body(&context.assumingMemoryBound(to: ReplyBuilder.self).pointee) ? 1 : 0
    }
}
