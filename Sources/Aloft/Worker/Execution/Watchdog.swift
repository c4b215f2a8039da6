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

    private let limit: Duration
    private let logger: Logger
    private let ledger: Mutex<StallLedger>
    // Sources may be used from any thread; the module does not say so.
    private nonisolated(unsafe) let timer: any DispatchSourceTimer

    /// - Parameter onStall: Called for each task whose code holds its thread for longer than the limit.
    init(limit: Duration, logger: Logger, onStall: @escaping @Sendable (WorkflowTask, String) -> Void) {
        self.limit = limit
        self.logger = logger
        let ledger = StallLedger(limit: limit)
        self.ledger = Mutex(ledger)
        let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "aloft.watchdog"))
        self.timer = timer
        let interval = max(1, Int(clamping: ledger.interval.wholeMilliseconds))
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
        let ticket = ledger.withLock { $0.enter(instance, task, at: .now) }
        defer { ledger.withLock { $0.leave(ticket) } }
        return try body()
    }

    private func look(_ onStall: @Sendable (WorkflowTask, String) -> Void) {
        let stalled = ledger.withLock { $0.look(at: .now) }
        for watched in stalled {
            let problem =
                "workflow code has held its thread for more than \(limit) without coming to rest: an endless loop, or a "
                + "call that blocks. Let it await its context, and move work into activities"
            logger.critical("\(problem)", metadata: [LogKey.instance: "\(watched.instance)"])
            if let task = watched.task { onStall(task, problem) }
        }
    }
}
