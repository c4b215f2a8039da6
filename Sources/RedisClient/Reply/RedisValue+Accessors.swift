extension RedisValue {
    /// Whether this is the null reply.
    public var isNull: Bool { self == .null }

    /// `nil` for the null reply, the value itself otherwise: `try reply.nonNull?.string`.
    public var nonNull: RedisValue? { isNull ? nil : self }

    /// A number, also one that was stored as text.
    ///
    /// - Throws: ``RedisError`` with code ``RedisError/Code/unexpectedReply``, or the server's error if this is one.
    public var int: Int {
        get throws(RedisError) {
            switch self {
            case .integer(let value): return Int(value)
            case .bulk(let bytes):
                if let value = Int(String(decoding: bytes, as: UTF8.self)) { return value }
            case .simple(let text):
                if let value = Int(text) { return value }
            default: break
            }
            throw mismatch("an integer")
        }
    }

    /// A text; bytes are read as UTF-8, invalid ones replaced.
    ///
    /// - Throws: as ``int``.
    public var string: String {
        get throws(RedisError) {
            switch self {
            case .bulk(let bytes): return String(decoding: bytes, as: UTF8.self)
            case .simple(let text): return text
            default: throw mismatch("a string")
            }
        }
    }

    /// - Throws: as ``int``.
    public var bytes: [UInt8] {
        get throws(RedisError) {
            switch self {
            case .bulk(let bytes): return bytes
            case .simple(let text): return Array(text.utf8)
            default: throw mismatch("a string")
            }
        }
    }

    /// - Throws: as ``int``.
    public var array: [RedisValue] {
        get throws(RedisError) {
            if case .array(let values) = self { return values }
            throw mismatch("an array")
        }
    }

    /// The value itself unless it is an error.
    ///
    /// - Throws: the server's error as a ``RedisError``.
    public func get() throws(RedisError) -> RedisValue {
        if case .error(let error) = self { throw RedisError(error) }
        return self
    }

    private var kind: String {
        switch self {
        case .null: "null"
        case .integer: "an integer"
        case .simple: "a status"
        case .bulk(let bytes): "a string of \(bytes.count) bytes"
        case .array(let values): "an array of \(values.count)"
        case .error: "an error"
        }
    }

    private func mismatch(_ expected: String) -> RedisError {
        if case .error(let error) = self { return RedisError(error) }
        return RedisError(
            code: .unexpectedReply,
            message: "expected \(expected), the server sent \(kind)",
            mayHaveBeenExecuted: true
        )
    }
}
