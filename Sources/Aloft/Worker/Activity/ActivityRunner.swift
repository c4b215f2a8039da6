internal import AloftCore
internal import AloftMetrics
internal import Logging
internal import Synchronization

/// Learns how activities ended.
protocol ActivityOutcomeReceiver: AnyObject, Sendable {
    func receive(_ outcome: ActivityOutcome, of task: ActivityTask) async
}

/// Runs activities, each in a task of its own, and reports how they ended.
///
/// The poller and the driver hand it tasks whose slots they have taken; it gives the slots back. It knows nothing of
/// executions: whoever starts an activity says who receives its outcome.
final class ActivityRunner: Sendable {
    private let environment: SessionEnvironment
    let tracker = TaskTracker()
    private let isGivingUp = Atomic<Bool>(false)
    private let note = CancellationNote()

    init(environment: SessionEnvironment) { self.environment = environment }

    func start(_ task: ActivityTask, reportingTo receiver: any ActivityOutcomeReceiver) {
        tracker.spawn { await self.run(task, receiver) }
    }

    /// Hands a task back that there is no place for, at once: another worker may have one.
    func putBack(_ task: ActivityTask) {
        tracker.spawn { await self.handBack(task, after: .zero) }
    }

    /// Cancels what still runs; what it throws from now on is no outcome: the work is handed back.
    func giveUp(_ reason: ActivityCancellation) {
        note.leave(reason)
        isGivingUp.store(true, ordering: .relaxed)
        tracker.cancelAll()
    }

    private func run(_ task: ActivityTask, _ receiver: any ActivityOutcomeReceiver) async {
        // Leased with a transition that was still on its way: it has not begun, and goes back with the rest.
        guard !isGivingUp.load(ordering: .relaxed) else {
            environment.activitySlots.give()
            return
        }
        guard let blueprint = environment.registry.activities[task.scheduled.name] else {
            environment.activitySlots.give()
            environment.logger.warning(
                "this worker does not know the activity; it goes back to its queue",
                metadata: [LogKey.activity: "\(task.scheduled.name)", LogKey.queue: "\(task.queue)"]
            )
            await handBack(
                task,
                after: min(.seconds(1), environment.options.problemRetryInterval),
                unknown: UnknownType(limit: environment.options.unknownActivityLimit)
            )
            return
        }
        guard task.lease.delivery > 1 else { return await carryOut(task, blueprint, receiver) }
        let suspect = Suspect(instance: task.instance, execution: task.execution, command: task.scheduled.command)
        let trials = environment.activityTrials
        let end: Void? = await trials.run(suspect, crashes: task.lease.delivery - 1, in: environment) {
            await carryOut(task, blueprint, receiver)
        }
        if end == nil {
            environment.activitySlots.give()
            guard !isGivingUp.load(ordering: .relaxed) else { return }
            await handBack(task, after: trials.isClosed ? .zero : environment.options.problemRetryInterval)
        }
    }

    private func carryOut(
        _ task: ActivityTask,
        _ blueprint: ActivityBlueprint,
        _ receiver: any ActivityOutcomeReceiver
    ) async {
        if let metrics = environment.metrics {
            let now = environment.store.now
            metrics.began(task, at: now)
            blueprint.metrics?.began(task, at: now)
        }
        if let limit = task.scheduled.startToCloseTimeout {
            await run(task, blueprint, within: limit, receiver)
            return
        }
        let end = await attempt(task, blueprint, note)
        environment.activitySlots.give()
        await report(end, of: task, blueprint, to: receiver)
    }

    /// Runs an attempt that may take only so long. One that does not heed its cancellation keeps its slot until it ends, but
    /// its time-out is reported at once.
    private func run(
        _ task: ActivityTask,
        _ blueprint: ActivityBlueprint,
        within limit: Duration,
        _ receiver: any ActivityOutcomeReceiver
    ) async {
        let claim = Claim()
        let note = CancellationNote(of: note)
        let work = Task { await self.attempt(task, blueprint, note, until: environment.store.now + limit) }
        let timer = Task {
            do { try await environment.store.clock.sleep(for: limit.boundedForSleep) } catch { return }
            guard claim.take() else { return }
            note.leave(.timedOut)
            work.cancel()
            let error = TimeoutError(limit: "start-to-close", subject: "activity \(task.scheduled.name)")
            await report(.failure(error), of: task, blueprint, to: receiver)
        }
        let end = await withTaskCancellationHandler {
            await work.value
        } onCancel: {
            work.cancel()
        }
        environment.activitySlots.give()
        if claim.take() {
            timer.cancel()
            await report(end, of: task, blueprint, to: receiver)
        } else {
            // The timer's task reports: to cancel it would cancel that, and the outcome would be lost. A worker that stops
            // waits for it.
            await timer.value
        }
    }

    private func attempt(
        _ task: ActivityTask,
        _ blueprint: ActivityBlueprint,
        _ note: CancellationNote,
        until deadline: Timestamp? = nil
    ) async -> Result<Payload, any Error> {
        let context = ActivityContext(
            task: task,
            deadline: deadline,
            note: note,
            logger: environment.logger,
            telemetry: environment.telemetry
        )
        let start = blueprint.metrics.map { _ in ContinuousClock.now }
        defer { if let start { blueprint.metrics?.duration.recordTime(since: start) } }
        do {
            return .success(
                try await environment.telemetry.withSpan(of: task, by: environment.worker) {
                    try await blueprint.body(context, task.scheduled.input)
                }
            )
        } catch {
            return .failure(error)
        }
    }

    private func report(
        _ end: Result<Payload, any Error>,
        of task: ActivityTask,
        _ blueprint: ActivityBlueprint,
        to receiver: any ActivityOutcomeReceiver
    ) async {
        let outcome: ActivityOutcome
        switch end {
        case .success(let payload): outcome = .completed(payload)
        // What an attempt throws that this worker is giving up does not count.
        case .failure where isGivingUp.load(ordering: .relaxed):
            blueprint.metrics?.gaveUp()
            return
        case .failure(let error): outcome = self.outcome(of: task, error)
        }
        blueprint.metrics?.ended(outcome)
        await receiver.receive(outcome, of: task)
    }

    /// What becomes of an activity whose attempt ended with an error.
    private func outcome(of task: ActivityTask, _ error: any Error) -> ActivityOutcome {
        let failure = Failure(error, coder: environment.coder)
        let delay = task.scheduled.retry.delay(
            afterAttempt: task.lease.attempt,
            failure: failure,
            random: Double.random(in: 0..<1)
        )
        environment.logger.info(
            "activity failed",
            metadata: [
                LogKey.instance: "\(task.instance)",
                LogKey.execution: "\(task.execution)",
                LogKey.activity: "\(task.scheduled.name)",
                LogKey.attempt: "\(task.lease.attempt)",
                LogKey.error: "\(failure)",
                LogKey.nextAttempt: "\(delay.map { "in \($0)" } ?? "none")",
            ]
        )
        return delay.map { .retry(after: $0, failure) } ?? .failed(failure)
    }

    /// - Parameters:
    ///   - delay: A pause, so that nobody spins over a task that only other workers can run.
    ///   - unknown: Set if this worker does not know the activity.
    private func handBack(_ task: ActivityTask, after delay: Duration, unknown: UnknownType? = nil) async {
        do throws(StoreError) {
            try await environment.persist("hand an activity back") { () throws(StoreError) in
                try await environment.store.handBack(
                    task,
                    by: environment.worker,
                    delay: delay,
                    unknown: unknown
                )
            }
        } catch {
            environment.logger.error("could not hand an activity back", metadata: [LogKey.error: "\(error)"])
            environment.insist(on: "hand an activity back", after: error) { [environment] () throws(StoreError) in
                try await environment.store.handBack(task, by: environment.worker, delay: delay, unknown: unknown)
            }
        }
    }
}

/// Decides which of two tasks may report.
private final class Claim: Sendable {
    private let isTaken = Atomic<Bool>(false)

    /// - Returns: Whether the caller is the first.
    func take() -> Bool { !isTaken.exchange(true, ordering: .relaxed) }
}
