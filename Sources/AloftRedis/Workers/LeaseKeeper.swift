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

    private struct State {
        var lease: LeaseState
        var ended: CheckedContinuation<Void, Never>?
        var isOver = false
    }

    private let state: Mutex<State>

    init(client: RedisClient, calls: [RedisScriptCall], lease: Duration, time: StoreClock, logger: Logger) {
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
        let milliseconds = max(1, interval.redisMilliseconds)
        client.eventLoop.scheduleTask(in: .milliseconds(milliseconds)) { self.beat() }
        client.runAllFuture(calls, timeout: interval * 2).whenComplete { self.receive($0, sentAt: sentAt) }
    }

    private func receive(_ result: Result<[RedisValue], any Error>, sentAt: ContinuousClock.Instant) {
        switch result {
        case .failure(let error): logger.debug("a heartbeat failed", metadata: ["error": "\(error)"])
        case .success(let replies):
            var isAlive = true
            for value in replies {
                guard let reply = try? Reply(value, of: "beating"), let now = try? reply.int(0),
                    let answer = try? reply.int(1)
                else {
                    logger.debug("a heartbeat was refused", metadata: ["reply": "\(value)"])
                    return
                }
                time.observe(Int64(now))
                isAlive = isAlive && answer == 1
            }
            let action = state.withLock { $0.lease.answered(isAlive, sentAt: sentAt) }
            if action == .giveUp { lose("the worker was declared dead") }
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
    public func keepAlive(_ registration: WorkerRegistration) async {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var settings = configuration.redis
        settings.clientName = (settings.clientName ?? "aloft") + "-heartbeat"
        let client = RedisClient(settings, eventLoop: group.next(), logger: logger)
        let keeper = LeaseKeeper(
            client: client,
            calls: partitions.keyspaces.map { Self.beatCall(registration, .regular, in: $0) },
            lease: leaseDuration,
            time: time,
            logger: logger
        )
        await keeper.run()
        // A worker whose lease is lost asks for nothing more.
        if !Task.isCancelled { await closePollers(of: registration.worker) }
        await client.shutdown()
        try? await group.shutdownGracefully()
    }
}
