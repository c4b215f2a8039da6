/// A message that somebody published.
public struct RedisMessage: Sendable, Hashable {
    public let channel: String
    public let payload: [UInt8]

    public init(channel: String, payload: [UInt8]) {
        self.channel = channel
        self.payload = payload
    }

    /// The payload as text; invalid UTF-8 is replaced.
    public var text: String { String(decoding: payload, as: UTF8.self) }
}

/// What a subscription tells.
public enum RedisSubscriptionEvent: Sendable, Hashable {
    case message(RedisMessage)

    /// The connection was lost and the channel is subscribed again. What was published in between is lost: look at the
    /// state you wait for once more.
    case resubscribed

    /// You read slower than messages came, and older ones were dropped. Look at the state you wait for once more.
    case missed
}
