import CHiredis

/// Puts a reply together while hiredis walks through its bytes.
///
/// hiredis reports items depth first, so a stack of unfinished arrays is all there is to keep.
struct ReplyBuilder {
    /// The deepest nesting that is accepted. hiredis 0.14 stops here by itself, 1.x would go on without end.
    static let maximumDepth = 7

    private struct OpenArray {
        var values: [RedisValue]
        var missing: Int
    }

    private let maximumBytes: Int
    private var stack: [OpenArray] = []
    private var consumed = 0
    private var result: RedisValue?
    private(set) var failure: RedisError?

    init(maximumBytes: Int) {
        self.maximumBytes = maximumBytes
    }

    /// Bytes of the unfinished reply so far.
    var partialBytes: Int { consumed }

    mutating func takeResult() -> RedisValue? {
        consumed = 0
        return result.take()
    }

    mutating func addBytes(type: Int32, _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard account(for: bytes.count) else { return false }
        switch type {
        case REDIS_REPLY_STATUS: add(.simple(String(decoding: bytes, as: UTF8.self)))
        case REDIS_REPLY_ERROR: add(.error(RedisServerError(message: String(decoding: bytes, as: UTF8.self))))
        default: add(.bulk(Array(bytes)))
        }
        return true
    }

    mutating func addInteger(_ value: Int64) -> Bool {
        guard account(for: 0) else { return false }
        add(.integer(value))
        return true
    }

    mutating func addNull() -> Bool {
        guard account(for: 0) else { return false }
        add(.null)
        return true
    }

    mutating func openArray(count: Int) -> Bool {
        guard account(for: 0) else { return false }
        guard count > 0 else {
            add(.array([]))
            return true
        }
        guard stack.count < Self.maximumDepth else {
            failure = RedisError(code: .protocolViolation, message: "a reply nests over \(Self.maximumDepth) deep")
            return false
        }
        var values: [RedisValue] = []
        // The server's word is not enough to set memory aside for millions of values.
        values.reserveCapacity(min(count, 4_096))
        stack.append(OpenArray(values: values, missing: count))
        return true
    }

    private mutating func add(_ value: RedisValue) {
        var finished = value
        while let last = stack.indices.last {
            stack[last].values.append(finished)
            stack[last].missing -= 1
            guard stack[last].missing == 0 else { return }
            finished = .array(stack.removeLast().values)
        }
        result = finished
    }

    private mutating func account(for bytes: Int) -> Bool {
        consumed += bytes + MemoryLayout<RedisValue>.stride
        guard consumed - MemoryLayout<RedisValue>.stride > maximumBytes else { return true }
        failure = RedisError(code: .replyTooLarge, message: "a reply is over \(maximumBytes) bytes")
        return false
    }
}
