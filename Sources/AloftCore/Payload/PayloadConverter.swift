/// Turns Swift values into bytes and back.
///
/// Must be deterministic: the same value gives the same bytes in every process.
public protocol PayloadConverter: Sendable {
    /// The name under which the bytes are stored.
    var encoding: PayloadEncoding { get }

    func encode(_ value: any Encodable) throws -> [UInt8]
    func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value
}

/// Encodes and decodes the values of workflows, activities and signals; knows `Void` and names what does not fit.
public struct PayloadCoder: Sendable {
    /// Encodes; also decodes what carries its name.
    public let converter: any PayloadConverter
    private let older: [PayloadEncoding: any PayloadConverter]

    /// - Parameters:
    ///   - converter: Encodes everything new.
    ///   - older: Decode what was stored before the converter was changed.
    public init(
        converter: any PayloadConverter = JSONPayloadConverter(),
        older: [any PayloadConverter] = []
    ) {
        self.converter = converter
        self.older = Dictionary(older.map { ($0.encoding, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// - Throws: ``PayloadError``.
    public func encode<Value>(_ value: Value) throws(PayloadError) -> Payload {
        if Value.self == Void.self { return .none }
        guard let encodable = value as? any Encodable else {
            throw PayloadError(type: "\(Value.self)", message: "is not Encodable; make it Codable")
        }
        do {
            return Payload(bytes: try converter.encode(encodable), encoding: converter.encoding)
        } catch {
            throw PayloadError(type: "\(Value.self)", message: "does not encode: \(Self.explain(error))")
        }
    }

    /// - Throws: ``PayloadError``, with the coding path in its message.
    public func decode<Value>(_ type: Value.Type, from payload: Payload) throws(PayloadError) -> Value {
        if let nothing = () as? Value, Value.self == Void.self { return nothing }
        guard let decodable = type as? any Decodable.Type else {
            throw PayloadError(type: "\(type)", message: "is not Decodable; make it Codable")
        }
        let decoder = payload.encoding == converter.encoding ? converter : older[payload.encoding]
        guard let decoder else {
            throw PayloadError(
                type: "\(type)",
                message: "stored with the encoding \"\(payload.encoding)\", which this program does not know"
            )
        }
        do {
            let value = try decoder.decode(decodable, from: payload.bytes)
            guard let typed = value as? Value else {
                throw PayloadError(type: "\(type)", message: "the converter returned a \(Swift.type(of: value))")
            }
            return typed
        } catch let error as PayloadError {
            throw error
        } catch {
            throw PayloadError(type: "\(type)", message: "does not decode: \(Self.explain(error))")
        }
    }

    private static func explain(_ error: any Error) -> String {
        func path(_ context: DecodingError.Context) -> String {
            let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined()
            return path.isEmpty ? "at the top level" : "at \(path)"
        }
        return switch error {
        case DecodingError.keyNotFound(let key, let context): "no value for \"\(key.stringValue)\" \(path(context))"
        case DecodingError.typeMismatch(let type, let context): "expected \(type) \(path(context))"
        case DecodingError.valueNotFound(let type, let context): "null instead of \(type) \(path(context))"
        case DecodingError.dataCorrupted(let context): "\(context.debugDescription) \(path(context))"
        case EncodingError.invalidValue(let value, let context): "\(context.debugDescription) (\(value))"
        default: String(describing: error)
        }
    }
}
