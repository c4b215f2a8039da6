package import Logging
import NIOConcurrencyHelpers
package import NIOCore
import NIOPosix
import NIOSSL

/// Carries out what `ConnectionMachine` decides: sockets, timers, continuations.
///
/// `@unchecked Sendable`: `inbox` is safe by itself, the constants are constant, and everything else is only touched
/// on `eventLoop`; every entry from outside goes through `eventLoop.execute`.
package final class ConnectionDriver: @unchecked Sendable {
    /// What a subscriber adds to a plain connection. Called on the event loop.
    struct Hooks {
        /// Takes a value that is no reply.
        var takesPush: (RedisValue) -> Bool
        /// The connection stands. The requests are written ahead of all others.
        var ready: () -> [RedisRequest]
        /// `keepAliveInterval` has passed since the connection was made or since the last call.
        var idle: () -> Void
        /// There will be no further connection.
        var stopped: () -> Void
    }

    package let eventLoop: any EventLoop
    let configuration: RedisConfiguration
    let logger: Logger
    let inbox: ConnectionInbox
    let defaultTimeout: TimeAmount
    private let name: String?

    var machine: ConnectionMachine
    var hooks: Hooks?
    let observer: (any RedisObserver)?
    /// Whether there has been a connection that could be used.
    private var wasConnected = false
    var channel: (any Channel)?

    /// Counts connections, so that what an old one still reports is not taken for the new one's.
    var generation = 0
    /// When the present connection could be used.
    var readyAt = NIODeadline.distantPast
    var connectTimer: Scheduled<Void>?
    var backoffTimer: Scheduled<Void>?
    var deadlineTimer: Scheduled<Void>?
    var keepAlive: RepeatedTask?
    var armedDeadline = NIODeadline.distantFuture
    var tlsContext: NIOSSLContext?
    var output = ByteBuffer()
    var spare: [RedisRequest] = []

    private let wasShutDown = NIOLockedValueBox(false)

    package init(
        configuration: RedisConfiguration,
        name: String?,
        eventLoop: any EventLoop,
        closesWhenAbandoned: Bool,
        logger: Logger
    ) {
        self.configuration = configuration
        self.observer = configuration.observer
        self.name = name
        self.eventLoop = eventLoop
        self.logger = logger
        self.defaultTimeout = TimeAmount(clamping: configuration.commandTimeout)
        self.inbox = ConnectionInbox(limit: max(configuration.maximumPendingCommands, 1))
        self.machine = ConnectionMachine(
            rules: ConnectionMachine.Rules(
                address: configuration.address,
                backoff: configuration.backoff,
                stall: TimeAmount(clamping: configuration.commandTimeout),
                closesWhenAbandoned: closesWhenAbandoned
            )
        )
    }

    /// Adds `hooks`; they are in place before the first request is looked at.
    func install(_ hooks: sending Hooks) {
        let box = NIOLoopBoundBox.makeBoxSendingValue(hooks, eventLoop: eventLoop)
        eventLoop.execute {
            guard self.machine.state != .stopped else { return box.value.stopped() }
            self.hooks = box.value
        }
    }

    /// Starts or joins an attempt to connect. The answer is the completion of `waiter`.
    func connect(_ waiter: RedisRequest) {
        eventLoop.execute {
            switch self.machine.connectRequested(waiter) {
            case .alreadyReady: waiter.succeed([])
            case .wait: break
            case .fail(let error): waiter.fail(error)
            case .connect: self.startConnecting()
            }
        }
    }

    /// Gives the present connection up and makes a new one.
    ///
    /// - Parameter moment: Leave a connection alone that was made later.
    func reconnect(ifMadeBefore moment: NIODeadline = .distantFuture) {
        eventLoop.execute {
            guard self.machine.state == .ready, self.readyAt < moment else { return }
            self.lose(RedisError(code: .connectionClosed, message: "the client was told to reconnect"))
        }
    }

    /// Fails everything that is pending and closes; `completion` runs on the event loop once the socket is closed.
    func shutdown(_ completion: @escaping @Sendable () -> Void) {
        wasShutDown.withLockedValue { $0 = true }
        eventLoop.execute {
            self.settle(self.machine.shutdown())
            self.connectTimer?.cancel()
            self.backoffTimer?.cancel()
            self.disarm()
            self.keepAlive?.cancel()
            self.hooks.take()?.stopped()
            self.generation += 1
            guard let channel = self.channel.take() else { return completion() }
            channel.close().whenComplete { _ in completion() }
        }
    }

    /// Closes for an owner that goes away, unless it has done so itself: its event loop may be gone by now.
    func abandon() {
        guard !wasShutDown.withLockedValue({ $0 }) else { return }
        shutdown {}
    }

    /// Tells that a connection can be used.
    func noteConnected() {
        observer?.connected(isAgain: wasConnected)
        wasConnected = true
    }

    func handshake() -> [(HandshakeStep, RedisCommand)] {
        configuration.handshake(connectionName: name)
    }
}

extension TimeAmount {
    /// `duration`, at most some years, so that no sum of deadlines overflows.
    package init(clamping duration: Duration) {
        // Before it is taken apart: durations have more bits than their seconds.
        let limit = Duration.seconds(100_000_000)
        let (seconds, attoseconds) = min(max(duration, .zero - limit), limit).components
        self = .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
