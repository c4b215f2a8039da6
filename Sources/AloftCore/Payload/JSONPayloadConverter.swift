private import Foundation

/// JSON with sorted keys; dates are milliseconds since 1970.
public struct JSONPayloadConverter: PayloadConverter {
    public let encoding: PayloadEncoding = .json

    // Making a coder costs more than using one; both are safe to share once configured.
    private static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .millisecondsSince1970
        return encoder
    }()
    private static let decoder: JSONDecoder = {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .millisecondsSince1970
        return decoder
    }()

    public init() {}

    public func encode(_ value: any Encodable) throws -> [UInt8] {
        Array(try Self.encoder.encode(value))
    }

    public func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        try Self.decoder.decode(type, from: Data(bytes))
    }
}
