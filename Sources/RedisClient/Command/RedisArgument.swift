/// One word of a command: text, a number or raw bytes.
public struct RedisArgument: Sendable, Hashable {
    enum Storage: Sendable, Hashable {
        case string(String)
        case integer(Int64)
        case bytes([UInt8])
    }

    let storage: Storage

    /// A text, sent as UTF-8.
    public init(_ string: String) {
        storage = .string(string)
    }

    /// A number, sent in decimal digits.
    public init(_ integer: Int) {
        storage = .integer(Int64(integer))
    }

    /// A number, sent in decimal digits.
    public init(_ integer: Int64) {
        storage = .integer(integer)
    }

    /// Bytes, sent as they are.
    public init(_ bytes: [UInt8]) {
        storage = .bytes(bytes)
    }
}

extension RedisArgument: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    public init(stringLiteral value: String) {
        self.init(value)
    }
}

extension RedisArgument: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int64) {
        self.init(value)
    }
}

extension RedisArgument {
    /// The text, if it is one.
    package var text: String? {
        if case .string(let text) = storage { text } else { nil }
    }

    /// An upper bound of the bytes that `write` needs.
    var maximumCount: Int {
        switch storage {
        case .string(let string): string.utf8.count
        case .integer: 20
        case .bytes(let bytes): bytes.count
        }
    }

    /// Writes the argument to the start of `target`, which has at least `maximumCount` bytes.
    ///
    /// - Returns: the number of bytes written.
    func write(to target: UnsafeMutableRawBufferPointer) -> Int {
        switch storage {
        case .string(var string):
            return string.withUTF8 { Self.copy(UnsafeRawBufferPointer($0), to: target) }
        case .bytes(let bytes):
            return bytes.withUnsafeBytes { Self.copy($0, to: target) }
        case .integer(let integer):
            return Self.writeDigits(of: integer, to: target)
        }
    }

    private static func copy(_ source: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer) -> Int {
        target.copyMemory(from: source)
        return source.count
    }

    private static func writeDigits(of integer: Int64, to target: UnsafeMutableRawBufferPointer) -> Int {
        var left = integer.magnitude
        var digits = 1
        var bound = left
        while bound >= 10 {
            bound /= 10
            digits += 1
        }
        let sign = integer < 0 ? 1 : 0
        if sign == 1 { target[0] = UInt8(ascii: "-") }
        for place in stride(from: sign + digits - 1, through: sign, by: -1) {
            target[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: left % 10)
            left /= 10
        }
        return sign + digits
    }
}
