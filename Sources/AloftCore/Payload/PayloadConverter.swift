/// Turns Swift values into bytes and back.
///
/// Must be deterministic: the same value gives the same bytes in every process.
public protocol PayloadConverter: Sendable {
    /// The name under which the bytes are stored.
    var encoding: PayloadEncoding { get }

    func encode(_ value: any Encodable) throws -> [UInt8]
    func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value
}
