public import AloftCore
import Logging
import NIOCore
import NIOPosix
import RedisClient
import Synchronization

/// Beats for one worker on a thread and a connection that nobody else uses, so that neither blocking user code nor a
/// flood of commands delays it.
final class LeaseKeeper: Sendable {
    private let client: RedisClient
    private let calls: [RedisScriptCall]
    private let logger: Logger
    private let time: StoreClock
    private let onBeat: @Sendable () -> Void
    private let onNewServer: @Sendable (ServerIdentity, NIODeadline) -> Void

    private struct State {
        var lease: LeaseState
        var server: ServerIdentity?
        var ended: CheckedContinuation<Void, Never>?
        var isOver = false
    }

    private let state: Mutex<State>

    /// - Parameters:
    ///   - onBeat: Called, on the thread of the heartbeat, when all partitions have confirmed a beat.
    ///   - onNewServer: Called there when the server was restarted or is another one.
    init(
        client: RedisClient,
        calls: [RedisScriptCall],
        lease: Duration,
        time: StoreClock,
        logger: Logger,
        onBeat: @escaping @Sendable () -> Void,
        onNewServer: @escaping @Sendable (ServerIdentity, NIODeadline) -> Void
    ) {
        self.onBeat = onBeat
        self.onNewServer = onNewServer
        self.client = client
        self.calls = calls
        self.time = time
        self.logger = logger
        self.state = Mutex(State(lease: LeaseState(lease: lease, registeredAt: .now)))
    }

    /// Returns when the lease is lost or the task is cancelled.
    func run() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if !state.isOver { state.ended = continuation }
                    return state.isOver
                }
                guard !isOver else { return continuation.resume() }
                client.eventLoop.execute { self.beat() }
            }
        } onCancel: {
            end()
        }
    }

    private func beat() {
        let sentAt = ContinuousClock.now
        let (action, interval, isOver) = state.withLock { state in
            (state.lease.due(at: sentAt), state.lease.interval, state.isOver)
        }
        guard !isOver else { return }
        guard action == .beat else { return lose("no beat has reached Redis for longer than the lease") }
        client.eventLoop.scheduleTask(in: TimeAmount(clamping: max(interval, .milliseconds(1)))) { self.beat() }
        let deadline = NIODeadline.now()
        let timeout = Self.timeout(interval)
        client.runAllFuture(calls, timeout: timeout).whenComplete { self.receive($0, sentAt: sentAt, deadline) }
        client.sendFuture(ServerIdentity.question, timeout: timeout).whenSuccess { self.compare($0, deadline) }
    }

    /// For how long an answer is waited for. Short enough that a connection that has become half open is replaced before
    /// the lease is lost by it.
    static func timeout(_ interval: Duration) -> Duration { interval * 3 / 2 }

    private func compare(_ reply: RedisValue, _ moment: NIODeadline) {
        guard let text = try? reply.string, let server = ServerIdentity(text) else { return }
        let isNew = state.withLock { state in
            defer { state.server = server }
            return state.server != nil && state.server != server
        }
        if isNew { onNewServer(server, moment) }
    }

    private func receive(
        _ result: Result<[RedisValue], any Error>,
        sentAt: ContinuousClock.Instant,
        _ moment: NIODeadline
    ) {
        switch result {
        case .failure(let error): logger.debug("a heartbeat failed", metadata: ["error": "\(error)"])
        case .success(let replies):
            var isAlive = true
            for value in replies {
                guard let reply = try? Reply(value, of: "beating"), let now = try? reply.int(0),
                    let answer = try? reply.int(1)
                else {
                    logger.debug("a heartbeat was refused", metadata: ["reply": "\(value)"])
                    if case .error(let error) = value, RedisError(error).isOfAnotherRole {
                        client.reconnect(ifMadeBefore: moment)
                    }
                    return
                }
                time.observe(Int64(now))
                isAlive = isAlive && answer == 1
            }
            let action = state.withLock { $0.lease.answered(isAlive, sentAt: sentAt) }
            if action == .giveUp { lose("the worker was declared dead") } else { onBeat() }
        }
    }

    private func lose(_ reason: String) {
        logger.warning("the lease of a worker is lost", metadata: ["reason": "\(reason)"])
        end()
    }

    private func end() {
        let continuation = state.withLock { state in
            state.isOver = true
            return state.ended.take()
        }
        continuation?.resume()
    }
}

extension RedisStore {
    public var pollDuration: Duration { configuration.pollDuration }

    public func keepAlive(_ registration: WorkerRegistration, onBeat: @escaping @Sendable () -> Void) async {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var settings = configuration.redis
        settings.clientName = (settings.clientName ?? "aloft") + "-heartbeat"
        let interval = LeaseState(lease: leaseDuration, registeredAt: .now).interval
        settings.commandTimeout = min(settings.commandTimeout, LeaseKeeper.timeout(interval))
        settings.connectTimeout = min(settings.connectTimeout, LeaseKeeper.timeout(interval))
        settings.backoff.maximum = min(settings.backoff.maximum, interval / 2)
        let client = RedisClient(settings, eventLoop: group.next(), logger: logger)
        let keeper = LeaseKeeper(
            client: client,
            calls: partitions.keyspaces.map {
                Self.beatCall(registration, .regular, lease: leaseDuration, in: $0)
            },
            lease: leaseDuration,
            time: time,
            logger: logger,
            onBeat: onBeat,
            onNewServer: { server, moment in
                Task { await self.recover(registration.worker, from: server, at: moment) }
            }
        )
        await keeper.run()
        // A worker whose lease is lost asks for nothing more.
        if !Task.isCancelled {
            await closePollers(of: registration.worker)
            presentWorkers.leave(registration.worker)
        }
        await client.shutdown()
        try? await group.shutdownGracefully()
    }
}
