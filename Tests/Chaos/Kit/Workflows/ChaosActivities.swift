package import Aloft
import Foundation

/// The activities that workflows under chaos call.
package enum ChaosActivities {
    /// What an activity is to do.
    package struct Step: Codable, Hashable, Sendable {
        package var effect: String
        package var sum: Int
        package var next: Int
        /// How many attempts fail at first.
        package var failures: Int
        /// How often its workflow has asked for it before.
        package var round = 0

        package init(effect: String, sum: Int, next: Int, failures: Int) {
            self.effect = effect
            self.sum = sum
            self.next = next
            self.failures = failures
        }

        /// Most are quick; some last long enough to be met by a fault, and a few longer than a lease.
        var duration: Duration {
            switch sum % 100 {
            case 0: .milliseconds(2_500)
            case 1..<10: .milliseconds(500)
            default: .milliseconds(next % 10 * 3)
            }
        }
    }

    package static let work = ActivityReference<Step, Int>("work")
    package static let dawdle = ActivityReference<Step, Int>("dawdle")

    /// Goes on for as long as the chaos may last: what fails is to succeed in the end.
    package static let retry = RetryPolicy(
        maximumAttempts: 1_000,
        initialInterval: .milliseconds(50),
        backoffCoefficient: 1.5,
        maximumInterval: .seconds(1),
        jitter: 0.5
    )

    /// How long an attempt of an impatient one may run.
    package static let limit = Duration.milliseconds(300)

    package struct Flaky: Error {}

    /// - Parameter journal: Where what they do in the world is written.
    @WorkerBuilder package static func components(journal: Journal) -> [WorkerComponent] {
        ActivityFunction(work) { context, step in
            try await Task.sleep(for: step.duration)
            guard context.attempt > step.failures else { throw Flaky() }
            try journal.write(.effect(Effect(step, of: context)))
            return Sum.mix(step.sum, step.next)
        }
        // Runs into its limit at first.
        ActivityFunction(dawdle) { context, step in
            if context.attempt <= step.failures { try await Task.sleep(for: .seconds(30)) }
            try journal.write(.effect(Effect(step, of: context)))
            return Sum.mix(step.sum, step.next)
        }
    }
}

extension Effect {
    init(_ step: ChaosActivities.Step, of context: ActivityContext) {
        self.init(
            name: step.effect,
            round: step.round,
            instance: context.instance.rawValue,
            execution: context.execution.rawValue,
            command: "\(context.activity)",
            attempt: context.attempt
        )
    }
}

extension WorkflowContext {
    /// Runs the activity of a step of a job.
    func work(_ job: Job, _ number: Int, sum: Int, queue: TaskQueue? = nil) async throws -> Int {
        let failures = job.isFlaky(number) ? 1 + number % 2 : 0
        let step = ChaosActivities.Step(effect: job.effect(number), sum: sum, next: number, failures: failures)
        return try await perform(ChaosActivities.work, step, options: ActivityOptions(queue: queue))
    }

    /// Does something that is named otherwise than by a number.
    func work(_ job: Job, named name: String) async throws {
        let step = ChaosActivities.Step(effect: job.effect(name), sum: 10, next: 0, failures: 0)
        _ = try await perform(ChaosActivities.work, step)
    }

    /// Runs an activity until it is not given up for the deaths of its workers. Under chaos many die, and three may do so
    /// while the same innocent activity is on trial alone.
    func perform(
        _ activity: ActivityReference<ChaosActivities.Step, Int>,
        _ step: ChaosActivities.Step,
        options: ActivityOptions = ActivityOptions()
    ) async throws -> Int {
        var options = options
        options.retry = ChaosActivities.retry
        var step = step
        while true {
            do {
                return try await self.activity(activity, step, options: options)
            } catch is CrashError {
                step.round += 1
            }
        }
    }
}
