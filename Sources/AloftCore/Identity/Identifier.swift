/// A name that becomes part of a key in the store and of what operators see.
///
/// Identifiers are made freely, also from literals, and checked where they enter the system: every store and client
/// operation calls ``validated()`` first, so that a bad name is an error of that call and never a broken key.
public protocol Identifier: RawRepresentable<String>, Hashable, Sendable, Codable, Comparable,
    ExpressibleByStringInterpolation, CustomStringConvertible
{
    /// What the identifier names, for error messages: "instance id".
    static var subject: String { get }

    init(rawValue: String)
}

extension Identifier {
    public init(_ rawValue: some StringProtocol) { self.init(rawValue: String(rawValue)) }
    public init(stringLiteral value: String) { self.init(rawValue: value) }
    public var description: String { rawValue }

    public static func < (left: Self, right: Self) -> Bool {
        left.rawValue.utf8.lexicographicallyPrecedes(right.rawValue.utf8)
    }

    /// Swift takes two spellings of "é" for the same text; Redis does not, and neither may we.
    package func hasSameBytes(as other: Self) -> Bool { rawValue.utf8.elementsEqual(other.rawValue.utf8) }

    package func hashBytes(into hasher: inout Hasher) {
        var text = rawValue
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }

    public init(from decoder: any Decoder) throws {
        self.init(rawValue: try decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }

    /// The identifier itself if it is usable: 1 to 255 bytes of UTF-8, no control characters, no line separators.
    ///
    /// - Throws: ``StoreError`` with code ``StoreError/Code/invalidIdentifier``.
    @discardableResult
    public func validated() throws(StoreError) -> Self {
        try IdentifierRules.check(rawValue, subject: Self.subject)
        return self
    }
}

/// What a name may look like, shared by identifiers and by workflow, activity and signal names.
package enum IdentifierRules {
    package static let maximumBytes = 255

    package static func check(_ name: String, subject: String) throws(StoreError) {
        let bytes = name.utf8.count
        guard bytes > 0 else {
            throw StoreError(.invalidIdentifier, "the \(subject) is empty; give it 1 to \(maximumBytes) bytes")
        }
        guard bytes <= maximumBytes else {
            throw StoreError(
                .invalidIdentifier,
                "the \(subject) has \(bytes) bytes, at most \(maximumBytes) are allowed: \(name.prefix(40))…"
            )
        }
        if let index = name.unicodeScalars.firstIndex(where: isControl) {
            let offset = name.utf8.distance(from: name.utf8.startIndex, to: index)
            throw StoreError(
                .invalidIdentifier,
                "the \(subject) has a control character at byte \(offset); use printable characters only"
            )
        }
    }

    /// What would break a line of a log, or a terminal: controls of ASCII and of Latin 1, separators of lines and paragraphs.
    package static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case ..<0x20, 0x7f..<0xa0, 0x2028, 0x2029: true
        default: false
        }
    }
}
