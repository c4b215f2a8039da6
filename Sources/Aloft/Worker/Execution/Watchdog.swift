internal import AloftCore
internal import Dispatch
internal import Logging
internal import Synchronization

/// Notices workflow code that holds its thread: a loop without `await`, or a call that blocks. The job budget does not see
/// either, since the job never ends.
///
/// It looks from a queue of its own, which code that blocks every thread of the pool does not stop. It cannot end the code:
/// it says which instance it is and, if a thread of the pool is left for that, puts the instance's task back for a long time,
/// so that the fleet does not lose one thread after another to it.
final class Watchdog: Sendable {
    /// How long a stalled task is put back for: a thread of some worker is lost with each try.
    static let retryInterval = Duration.seconds(15 * 60)

    private struct Watched {
        let instance: InstanceID
        let task: WorkflowTask?
        /// On a clock that stands still while the machine is suspended.
        let since: SuspendingClock.Instant
        var isReported = false
    }

    private struct State {
        var lastTicket = 0
        var watched: [Int: Watched] = [:]
    }

    private let limit: Duration
    private let logger: Logger
    private let state = Mutex(State())
    // Sources may be used from any thread; the module does not say so.
    private nonisolated(unsafe) let timer: any DispatchSourceTimer

    /// - Parameter onStall: Called for each task whose code holds its thread for longer than the limit.
    init(limit: Duration, logger: Logger, onStall: @escaping @Sendable (WorkflowTask, String) -> Void) {
        self.limit = limit
        self.logger = logger
        let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "aloft.watchdog"))
        self.timer = timer
        let interval = max(1, Int(clamping: (limit / 4).wholeMilliseconds))
        timer.schedule(deadline: .now() + .milliseconds(interval), repeating: .milliseconds(interval))
        timer.setEventHandler { [weak self] in self?.look(onStall) }
        timer.resume()
    }

    deinit { timer.cancel() }

    /// Runs workflow code under watch.
    func watch<Result>(
        _ instance: InstanceID,
        _ task: WorkflowTask?,
        _ body: () throws(TaskFailure) -> Result
    ) throws(TaskFailure) -> Result {
        let ticket = state.withLock { state in
            state.lastTicket += 1
            state.watched[state.lastTicket] = Watched(instance: instance, task: task, since: .now)
            return state.lastTicket
        }
        defer { state.withLock { state in _ = state.watched.removeValue(forKey: ticket) } }
        return try body()
    }

    private func look(_ onStall: @Sendable (WorkflowTask, String) -> Void) {
        let now = SuspendingClock.now
        let stalled = state.withLock { state in
            var stalled: [Watched] = []
            for (ticket, watched) in state.watched where !watched.isReported && now - watched.since > limit {
                state.watched[ticket]?.isReported = true
                stalled.append(watched)
            }
            return stalled
        }
        for watched in stalled {
            let problem =
                "workflow code has held its thread for more than \(limit) without coming to rest: an endless loop, or a "
                + "call that blocks. Let it await its context, and move work into activities"
            logger.critical("\(problem)", metadata: [LogKey.instance: "\(watched.instance)"])
            if let task = watched.task { onStall(task, problem) }
        }
    }
}
