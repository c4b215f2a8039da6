/// Who listens to which channel.
struct SubscriptionTable {
    typealias Continuation = AsyncStream<RedisSubscriptionEvent>.Continuation

    private struct Listener {
        var continuation: Continuation
        /// Whether the server has confirmed it once, so that a new connection is news to it.
        var isConfirmed = false
    }

    private var listeners: [String: [Int: Listener]] = [:]
    private var lastID = 0
    var isClosed = false

    var channels: [String] { Array(listeners.keys) }

    mutating func add(_ continuation: Continuation, to channel: String) -> Int {
        lastID += 1
        listeners[channel, default: [:]][lastID] = Listener(continuation: continuation)
        return lastID
    }

    mutating func confirm(_ id: Int, of channel: String) {
        listeners[channel]?[id]?.isConfirmed = true
    }

    /// - Returns: whether the server need not send this channel any more.
    mutating func remove(_ id: Int, from channel: String) -> Bool {
        guard let listener = listeners[channel]?.removeValue(forKey: id) else { return false }
        guard listeners[channel]?.isEmpty == true else { return false }
        listeners[channel] = nil
        return listener.isConfirmed
    }

    func listeners(of channel: String) -> [Continuation] {
        listeners[channel]?.values.map(\.continuation) ?? []
    }

    func confirmedListeners(of channels: [String]) -> [Continuation] {
        channels.flatMap { channel in
            listeners[channel]?.values.filter(\.isConfirmed).map(\.continuation) ?? []
        }
    }

    mutating func close() -> [Continuation] {
        isClosed = true
        return exchange(&listeners, with: [:]).values.flatMap { $0.values.map(\.continuation) }
    }
}
