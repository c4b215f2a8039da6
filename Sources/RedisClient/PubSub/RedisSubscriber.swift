package import NIOCore

/// A connection for pub/sub, shared by any number of subscriptions.
///
/// It is made by the first subscription and made again when it is lost; all channels are then subscribed again and
/// their readers told with ``RedisSubscriptionEvent/resubscribed``. A channel with several readers is subscribed once
/// and given up with the last of them.
public final class RedisSubscriber: Sendable {
    private let core: SubscriberCore

    init(_ driver: ConnectionDriver) {
        core = SubscriberCore(driver)
    }

    deinit {
        core.driver.abandon()
    }

    /// Subscribes to `channel` and returns once the server has confirmed it: whatever is published from then on is
    /// delivered, or announced as lost.
    ///
    /// - Parameter timeout: how long to wait, for a connection too; by default
    ///   ``RedisConfiguration/commandTimeout``.
    /// - Throws: ``RedisError``, as ``RedisClient/send(_:timeout:)``.
    public func subscribe(_ channel: String, timeout: Duration? = nil) async throws -> RedisSubscription {
        try await core.subscribe(channel, timeout: core.driver.amount(timeout))
    }

    /// Closes the connection and makes a new one, which is announced to all readers with
    /// ``RedisSubscriptionEvent/resubscribed``. For servers that changed their role.
    public func reconnect() {
        core.driver.reconnect()
    }

    /// As ``reconnect()``, unless the connection was made after `moment`.
    package func reconnect(ifMadeBefore moment: NIODeadline) {
        core.driver.reconnect(ifMadeBefore: moment)
    }

    /// Ends all subscriptions and closes the connection.
    public func shutdown() async {
        await core.driver.shutdown()
    }
}
