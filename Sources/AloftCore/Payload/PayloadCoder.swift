/// Encodes and decodes the values of workflows, activities and signals; knows `Void` and names what does not fit.
///
/// Values go through a converter, which makes bytes of them, and then through a codec if there is one. The encoding of a
/// payload names both: "json", or "json;zip" behind a codec of that name.
public struct PayloadCoder: Sendable {
    /// Makes bytes of values; also reads what carries its name.
    public let converter: any PayloadConverter
    /// Changes the bytes; `nil`: they are stored as they are.
    public let codec: (any PayloadCodec)?
    private let olderConverters: [PayloadEncoding: any PayloadConverter]
    private let codecs: [String: any PayloadCodec]

    /// - Parameters:
    ///   - converter: Encodes everything new.
    ///   - codec: Changes the bytes of everything new.
    ///   - older: Read what was stored before the converter was changed.
    ///   - olderCodecs: Read what was stored before the codec was changed.
    public init(
        converter: any PayloadConverter = JSONPayloadConverter(),
        codec: (any PayloadCodec)? = nil,
        older: [any PayloadConverter] = [],
        olderCodecs: [any PayloadCodec] = []
    ) {
        self.converter = converter
        self.codec = codec
        olderConverters = Dictionary(older.map { ($0.encoding, $0) }, uniquingKeysWith: { first, _ in first })
        codecs = Dictionary(
            ([codec].compactMap(\.self) + olderCodecs).map { ($0.name, $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// - Throws: ``PayloadError``.
    public func encode<Value>(_ value: Value) throws(PayloadError) -> Payload {
        if Value.self == Void.self { return .none }
        guard let encodable = value as? any Encodable else {
            throw PayloadError(type: "\(Value.self)", message: "is not Encodable; make it Codable")
        }
        do {
            let bytes = try converter.encode(encodable)
            guard let codec else { return Payload(bytes: bytes, encoding: converter.encoding) }
            let encoding = PayloadEncoding(rawValue: "\(converter.encoding)\(Self.separator)\(codec.name)")
            return Payload(bytes: try codec.encode(bytes), encoding: encoding)
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
        let plain = try withoutCodec(payload, type: "\(type)")
        let decoder = plain.encoding == converter.encoding ? converter : olderConverters[plain.encoding]
        guard let decoder else {
            throw PayloadError(
                type: "\(type)",
                message: "stored with the encoding \"\(plain.encoding)\", which this program does not know; "
                    + "add its converter to the older ones of the coder"
            )
        }
        do {
            let value = try decoder.decode(decodable, from: plain.bytes)
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

    private static let separator: Character = ";"

    /// The payload as the converter made it.
    private func withoutCodec(_ payload: Payload, type: String) throws(PayloadError) -> Payload {
        let name = payload.encoding.rawValue
        guard let index = name.lastIndex(of: Self.separator) else { return payload }
        let codecName = String(name[name.index(after: index)...])
        guard let codec = codecs[codecName] else {
            throw PayloadError(
                type: type,
                message: "stored with the codec \"\(codecName)\", which this program does not have; add it to the "
                    + "older codecs of the coder"
            )
        }
        do {
            return Payload(
                bytes: try codec.decode(payload.bytes),
                encoding: PayloadEncoding(rawValue: String(name[..<index]))
            )
        } catch {
            throw PayloadError(type: type, message: "the codec \"\(codecName)\" cannot read it: \(error)")
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
