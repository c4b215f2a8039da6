import CHiredis
import NIOCore

/// Commands in the form in which they go over the wire, encoded by hiredis.
///
/// Encoding happens in the caller's thread, so that the event loop only copies bytes.
struct EncodedCommands: ~Copyable {
    /// The largest command, in bytes. hiredis 0.14 adds sizes up in 32 bits.
    static let maximumBytes = 1 << 30

    private var text: UnsafeMutablePointer<CChar>?
    private let count: Int

    /// One command, given in up to three parts so that no list has to be put together first.
    ///
    /// - Throws: ``RedisError`` with code ``RedisError/Code/invalidCommand`` for an empty or an oversized command, and
    ///   for commands that cannot share a connection.
    init(_ head: [RedisArgument], _ middle: [RedisArgument] = [], _ tail: [RedisArgument] = []) throws(RedisError) {
        guard !head.isEmpty else { throw RedisError(code: .invalidCommand, message: "the command is empty") }
        let argc = head.count + middle.count + tail.count
        var room = 0
        for part in [head, middle, tail] {
            for argument in part {
                room += argument.maximumCount
            }
        }
        guard argc < 1 << 24, room + argc * 32 < Self.maximumBytes else {
            throw RedisError(code: .invalidCommand, message: "the command is over \(Self.maximumBytes) bytes")
        }
        var text: UnsafeMutablePointer<CChar>?
        let count = withUnsafeTemporaryAllocation(byteCount: room + 1, alignment: 1) { bytes in
            withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: argc) { pointers in
                withUnsafeTemporaryAllocation(of: Int.self, capacity: argc) { lengths in
                    var index = 0
                    var offset = 0
                    func add(_ part: [RedisArgument]) {
                        for argument in part {
                            let target = UnsafeMutableRawBufferPointer(rebasing: bytes[offset...])
                            let length = argument.write(to: target)
                            let start = UnsafeRawPointer(target.baseAddress)
                            pointers.initializeElement(at: index, to: start?.assumingMemoryBound(to: CChar.self))
                            lengths.initializeElement(at: index, to: length)
                            index += 1
                            offset += length
                        }
                    }
                    add(head)
                    add(middle)
                    add(tail)
                    return chiredis_format(&text, Int32(argc), pointers.baseAddress, lengths.baseAddress)
                }
            }
        }
        guard count > 0, let text else {
            throw RedisError(code: .invalidCommand, message: "no memory to encode the command")
        }
        self.text = text
        self.count = Int(count)
    }

    deinit {
        if let text { chiredis_format_free(text) }
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.writeBytes(UnsafeRawBufferPointer(start: text, count: count))
    }
}
