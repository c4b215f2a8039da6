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

    func decode(_ payload: Payload) -> JSONValue? {
        if payload.bytes.isEmpty { return nil }
        if payload.encoding == .json { return try? InsightJSON.decode(JSONValue.self, from: payload.bytes) }
        return try? coder?.decode(JSONValue.self, from: payload)
    }
}
