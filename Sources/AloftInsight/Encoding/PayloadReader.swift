public import AloftCore

/// How payloads are made visible.
public struct PayloadReader: Sendable {
    /// How many bytes of each are shown at most; what is longer is cut and says so.
    public var limit: Int
    /// Reads what a converter or a codec of its own has encoded, say with a key; `nil`: only plain JSON is read.
    public var coder: PayloadCoder?

    public init(limit: Int = 16 * 1024, coder: PayloadCoder? = nil) {
        self.limit = limit
        self.coder = coder
    }

    public func view(_ payload: Payload) -> PayloadView { PayloadView(payload, self) }

    /// - Throws: `PayloadError` if the payload is for the coder, and it cannot read it.
    func decode(_ payload: Payload) throws(PayloadError) -> JSONValue? {
        if payload.bytes.isEmpty { return nil }
        if payload.encoding == .json { return try? InsightJSON.decode(JSONValue.self, from: payload.bytes) }
        guard let coder else { return nil }
        do {
            return try coder.decode(JSONValue.self, from: payload)
        } catch {
            if let codec = coder.codec, codec.name == payload.codec { throw error }
            return nil
        }
    }
}

extension Payload {
    /// The name of the codec that its bytes went through.
    var codec: String? {
        let name = encoding.rawValue
        return name.lastIndex(of: ";").map { String(name[name.index(after: $0)...]) }
    }
}
