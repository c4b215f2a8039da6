internal import AloftCore
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

    init(environment: SessionEnvironment) { self.environment = environment }

    func start(_ task: ActivityTask, reportingTo receiver: any ActivityOutcomeReceiver) {
        tracker.spawn { await self.run(task, receiver) }
    }

    /// Cancels what still runs; what it throws from now on is no outcome: the work is handed back.
    func giveUp() {
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
            await handBack(task)
            return
        }
        let outcome = await attempt(task, blueprint)
        environment.activitySlots.give()
        if let outcome { await receiver.receive(outcome, of: task) }
    }

    /// - Returns: `nil` if the attempt does not count, since this worker is giving it up.
    private func attempt(_ task: ActivityTask, _ blueprint: ActivityBlueprint) async -> ActivityOutcome? {
        let context = ActivityContext(task: task, logger: environment.logger)
        do {
            return .completed(try await blueprint.body(context, task.scheduled.input))
        } catch {
            if isGivingUp.load(ordering: .relaxed) { return nil }
            let failure = Failure(error, coder: environment.coder)
            let delay = task.scheduled.retry.delay(
                afterAttempt: task.lease.attempt,
                failure: failure,
                random: Double.random(in: 0..<1)
            )
            context.logger.info(
                "activity failed",
                metadata: [
                    LogKey.error: "\(failure)",
                    LogKey.nextAttempt: "\(delay.map { "in \($0)" } ?? "none")",
                ]
            )
            return delay.map { .retry(after: $0, failure) } ?? .failed(failure)
        }
    }

    /// For an activity that only other workers know: back to the queue, with a pause so that nobody spins.
    private func handBack(_ task: ActivityTask) async {
        environment.logger.warning(
            "this worker does not know the activity; it goes back to its queue",
            metadata: [LogKey.activity: "\(task.scheduled.name)", LogKey.queue: "\(task.queue)"]
        )
        do throws(StoreError) {
            try await environment.persist("hand an activity back") { () throws(StoreError) in
                try await environment.store.handBack(task, by: environment.worker, delay: .seconds(1))
            }
        } catch {
            environment.logger.error("could not hand an activity back", metadata: [LogKey.error: "\(error)"])
        }
    }
}
