/// An encoded input, result or detail; opaque to the engine and to the store.
public struct Payload: Hashable, Sendable {
    /// The encoded value.
    public var bytes: [UInt8]

    /// Who can decode it: the name of the converter that made it. It travels with the bytes, so that old data still
    /// decodes after the converter of a deployment has changed.
    public var encoding: PayloadEncoding

    public init(bytes: [UInt8], encoding: PayloadEncoding) {
        self.bytes = bytes
        self.encoding = encoding
    }

    /// The payload of a function without a value.
    public static let none = Payload(bytes: [], encoding: .none)
}

/// The name of a way to encode values.
public struct PayloadEncoding: Hashable, Sendable, RawRepresentable, ExpressibleByStringLiteral,
    CustomStringConvertible
{
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public init(stringLiteral value: String) { self.rawValue = value }
    public var description: String { rawValue }

    /// No value at all (`Void`).
    public static let none: PayloadEncoding = "none"

    /// UTF-8 JSON, as by ``JSONPayloadConverter``.
    public static let json: PayloadEncoding = "json"
}

/// A payload that could not be made or read.
public struct PayloadError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The Swift type that was wanted or given.
    public var type: String
    /// What went wrong, with the coding path where there is one.
    public var message: String

    public init(type: String, message: String) {
        self.type = type
        self.message = message
    }

    public var description: String { "\(type): \(message)" }
}
