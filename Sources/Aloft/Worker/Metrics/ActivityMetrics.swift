internal import AloftCore
internal import AloftMetrics
internal import CoreMetrics

/// What is measured of the attempts at one activity.
final class ActivityMetrics: Sendable {
    let duration: Timer
    private let scheduleToStart: Timer
    private let completed: Counter
    private let failed: Counter
    private let retried: Counter
    private let abandoned: Counter
    private let lost: Counter
    private let failures: HandleFamily<Counter>

    init(_ factory: any MetricsFactory, activity: String) {
        duration = factory.timer(MetricCatalogue.activityDuration, activity)
        scheduleToStart = factory.timer(MetricCatalogue.activityScheduleToStart, activity)
        func ended(_ outcome: String) -> Counter {
            factory.counter(MetricCatalogue.activityAttempts, activity, outcome)
        }
        completed = ended("completed")
        failed = ended("failed")
        retried = ended("retried")
        abandoned = ended("abandoned")
        lost = ended("lost")
        failures = HandleFamily { factory.counter(MetricCatalogue.activityFailures, activity, $0) }
    }

    /// An attempt begins. Only the very first tells how long the activity has waited: later ones were told to.
    func began(_ task: ActivityTask, at moment: Timestamp) {
        guard task.lease == ActivityLease(), let queuedAt = task.queuedAt else { return }
        scheduleToStart.record(moment - queuedAt)
    }

    func ended(_ outcome: ActivityOutcome) {
        switch outcome {
        case .completed: completed.increment()
        case .failed(let failure):
            failed.increment()
            failures[failure.type].increment()
        case .retry(_, let failure):
            retried.increment()
            failures[failure.type].increment()
        }
    }

    /// The store has given it up: no worker has ended an attempt.
    func wasLost(_ failure: Failure) {
        lost.increment()
        failures[failure.type].increment()
    }

    /// The worker gives it up; others will try.
    func gaveUp() { abandoned.increment() }
}
