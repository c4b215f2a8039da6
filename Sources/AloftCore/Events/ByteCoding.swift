/// Appends values in the compact form in which events are stored: whole numbers as LEB128, texts with their length.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    init(reserving capacity: Int = 64) { bytes.reserveCapacity(capacity) }

    mutating func write(byte: UInt8) { bytes.append(byte) }

    mutating func write(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Negative numbers never occur in counts and are stored as 0 rather than trapping.
    mutating func write(count: Int) { write(UInt64(clamping: count)) }

    mutating func write(signed value: Int64) {
        write(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    mutating func write(_ value: Double) {
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func write(_ text: String) { write(bytes: text.utf8) }

    mutating func write(bytes more: some Collection<UInt8>) {
        write(count: more.count)
        bytes.append(contentsOf: more)
    }
}

/// Reads what ``ByteWriter`` wrote; every read is checked, since the bytes come from outside.
struct ByteReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        self.position = bytes.startIndex
    }

    var isAtEnd: Bool { position == bytes.endIndex }

    mutating func readByte() throws(EventCodingError) -> UInt8 {
        guard position < bytes.endIndex else { throw .truncated }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func readUnsigned() throws(EventCodingError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = try readByte()
            guard shift < 63 || byte <= 1 else { throw .malformed("a number above 64 bits") }
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }

    mutating func readCount() throws(EventCodingError) -> Int {
        guard let count = Int(exactly: try readUnsigned()) else { throw .malformed("a count above 63 bits") }
        return count
    }

    mutating func readSigned() throws(EventCodingError) -> Int64 {
        let raw = try readUnsigned()
        return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
    }

    mutating func readDouble() throws(EventCodingError) -> Double {
        guard bytes.endIndex - position >= 8 else { throw .truncated }
        var pattern: UInt64 = 0
        for offset in 0..<8 { pattern |= UInt64(bytes[position + offset]) << (8 * UInt64(offset)) }
        position += 8
        return Double(bitPattern: pattern)
    }

    mutating func readBytes() throws(EventCodingError) -> ArraySlice<UInt8> {
        let count = try readCount()
        guard count <= bytes.endIndex - position else { throw .truncated }
        defer { position += count }
        return bytes[position..<(position + count)]
    }

    mutating func readString() throws(EventCodingError) -> String {
        guard let text = String(validating: try readBytes(), as: UTF8.self) else {
            throw .malformed("a text that is not UTF-8")
        }
        return text
    }
}

/// Why stored bytes could not be read.
public enum EventCodingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Written by a newer version of Aloft.
    case formatTooNew(found: Int, known: Int)
    /// The bytes end before the value does.
    case truncated
    case malformed(String)

    public var description: String {
        switch self {
        case .formatTooNew(let found, let known):
            "stored in format \(found) by a newer version of Aloft; this one knows formats up to \(known): "
                + "update this program"
        case .truncated: "the stored bytes end too early"
        case .malformed(let what): "the stored bytes hold \(what)"
        }
    }
}
