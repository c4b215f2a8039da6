public import Logging
import NIOConcurrencyHelpers
public import NIOCore
import NIOPosix

/// A client of one Redis server over one connection, shared by any number of tasks.
///
/// Commands of all tasks are pipelined. The connection is made by the first command, or by ``connect()``, and made
/// again whenever it is lost. A command that had been sent by then fails with
/// ``RedisError/Code/connectionClosed`` and ``RedisError/mayHaveBeenExecuted``; one that had not is sent over the next
/// connection, until its deadline.
///
/// Blocking commands need ``dedicatedConnection(name:)``, pub/sub needs ``subscriber()``. Call ``shutdown()`` at the
/// end; a client that is let go without it closes its connections on its own.
///
/// All errors thrown are ``RedisError``.
public final class RedisClient: Sendable {
    /// What the client was made with.
    public let configuration: RedisConfiguration

    let driver: ConnectionDriver
    private let group: any EventLoopGroup
    private let logger: Logger
    private let children = NIOLockedValueBox(Children())

    private struct Child: Sendable {
        weak let driver: ConnectionDriver?
    }

    private struct Children {
        var list: [Child] = []
        var isShutDown = false
    }

    /// - Parameters:
    ///   - configuration: where the server is, and limits.
    ///   - eventLoop: where the connection lives; by default a loop shared by the whole process.
    ///   - logger: told about connections lost and made.
    public init(_ configuration: RedisConfiguration, eventLoop: (any EventLoop)? = nil, logger: Logger) {
        self.configuration = configuration
        self.group = eventLoop ?? MultiThreadedEventLoopGroup.singleton
        self.logger = logger
        self.driver = ConnectionDriver(
            configuration: configuration,
            name: nil,
            eventLoop: group.next(),
            closesWhenAbandoned: false,
            logger: logger
        )
    }

    deinit {
        driver.abandon()
    }

    /// Makes the connection now instead of with the first command.
    ///
    /// - Throws: the reason why there is none: ``RedisError/Code/connectFailed``,
    ///   ``RedisError/Code/authenticationFailed``, …
    public func connect() async throws {
        try await driver.connect()
    }

    /// A connection of its own for blocking commands, made by its first command.
    ///
    /// - Parameter name: added to ``RedisConfiguration/clientName`` for `CLIENT LIST`.
    public func dedicatedConnection(name: String) -> RedisDedicatedConnection {
        RedisDedicatedConnection(child(name: name, closesWhenAbandoned: true))
    }

    /// A connection of its own for pub/sub, made by its first subscription.
    public func subscriber() -> RedisSubscriber {
        RedisSubscriber(child(name: "pubsub", closesWhenAbandoned: false))
    }

    /// Closes the connection and makes a new one; host names are looked up again. Commands under way fail with
    /// ``RedisError/Code/connectionClosed``. For watchdogs, and for servers that changed their role.
    public func reconnect() {
        driver.reconnect()
    }

    /// As ``reconnect()``, unless the connection was made after `moment`. For callers who learn from a reply that the
    /// server is not the right one any more: many learn it at once, and only the first may close the connection.
    package func reconnect(ifMadeBefore moment: NIODeadline) {
        driver.reconnect(ifMadeBefore: moment)
    }

    /// Fails everything that is pending, closes this client's connections, dedicated ones and subscribers included,
    /// and returns when they are closed. Calling it again does no harm.
    public func shutdown() async {
        let drivers = children.withLockedValue { children in
            children.isShutDown = true
            return exchange(&children.list, with: []).compactMap(\.driver)
        }
        for driver in [driver] + drivers { await driver.shutdown() }
    }

    private func child(name: String, closesWhenAbandoned: Bool) -> ConnectionDriver {
        let driver = ConnectionDriver(
            configuration: configuration,
            name: name,
            eventLoop: group.next(),
            closesWhenAbandoned: closesWhenAbandoned,
            logger: logger
        )
        let isShutDown = children.withLockedValue { children in
            children.list.removeAll { $0.driver == nil }
            if !children.isShutDown { children.list.append(Child(driver: driver)) }
            return children.isShutDown
        }
        if isShutDown { driver.shutdown {} }
        return driver
    }
}
