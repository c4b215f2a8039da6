internal import AloftCore
internal import AloftMetrics
internal import CoreMetrics

/// What a worker counts and measures. Every handle is made when the worker starts, or when the first error of a type is met; on the
/// way of a task there is nothing to look up but the queue.
final class WorkerMetrics: Sendable {
    /// Stands for the workflow of a task where that is not known.
    private static let unknownWorkflow = "unknown"

    private let residents: SharedGauge
    private let commits: Counter
    private let conflicts: Counter
    let commitDuration: Timer
    private let timerLateness: Timer
    private let dueLateness: Timer
    /// Of activities that this worker does not know.
    private let strangers: HandleFamily<ActivityMetrics>
    private let payloads: PayloadMetrics
    private let evictions: [EvictionReason: Counter]
    private let problems: HandleFamily<Counter>
    private let fired: Counter
    private let deadWorkers: Counter
    private let takenOver: Counter
    private let quarantined: Counter
    private let workflowWaits: [TaskQueue: Timer]
    private let activityWaits: [TaskQueue: Timer]
    private let slots: [(slots: Slots, all: SharedGauge, used: SharedGauge)]

    init(
        _ factory: any MetricsFactory,
        _ registration: WorkerRegistration,
        workflowSlots: Slots,
        activitySlots: Slots
    ) {
        residents = SharedGauge(factory.gauge(MetricCatalogue.residentExecutions))
        commits = factory.counter(MetricCatalogue.commits)
        conflicts = factory.counter(MetricCatalogue.commitConflicts)
        commitDuration = factory.timer(MetricCatalogue.commitDuration)
        timerLateness = factory.timer(MetricCatalogue.timerLateness)
        dueLateness = factory.timer(MetricCatalogue.dueLateness)
        strangers = HandleFamily { ActivityMetrics(factory, activity: $0) }
        payloads = PayloadMetrics(factory)
        let reasons = EvictionReason.allCases.map {
            ($0, factory.counter(MetricCatalogue.evictions, $0.rawValue))
        }
        evictions = Dictionary(uniqueKeysWithValues: reasons)
        problems = HandleFamily { factory.counter(MetricCatalogue.workflowTaskProblems, Self.unknownWorkflow, $0) }
        fired = factory.counter(MetricCatalogue.dueFired)
        deadWorkers = factory.counter(MetricCatalogue.deadWorkers)
        takenOver = factory.counter(MetricCatalogue.takenOver)
        quarantined = factory.counter(MetricCatalogue.quarantined)
        func waits(_ queues: [TaskQueue], _ kind: TaskKind) -> [TaskQueue: Timer] {
            let timers = queues.map { ($0, factory.timer(MetricCatalogue.taskWait, "\($0)", kind.rawValue)) }
            return Dictionary(timers) { first, _ in first }
        }
        workflowWaits = waits(registration.workflowQueues, .workflow)
        activityWaits = waits(registration.activityQueues, .activity)
        let served = [
            registration.workflowQueues.isEmpty ? nil : (workflowSlots, TaskKind.workflow),
            registration.activityQueues.isEmpty ? nil : (activitySlots, TaskKind.activity),
        ]
        slots = served.compactMap(\.self).map { slots, kind in
            let all = SharedGauge(factory.gauge(MetricCatalogue.slots, kind.rawValue))
            all.set(slots.capacity)
            return (slots, all, SharedGauge(factory.gauge(MetricCatalogue.slotsUsed, kind.rawValue)))
        }
    }

    /// A worker begins with a task.
    func began(_ task: WorkflowTask, of queue: TaskQueue, at moment: Timestamp) {
        guard let queuedAt = task.queuedAt else { return }
        workflowWaits[queue]?.record(moment - queuedAt)
    }

    /// A worker begins with an activity. One that it leased with the transition was on no queue.
    func began(_ task: ActivityTask, at moment: Timestamp) {
        guard task.receipt != nil, let queuedAt = task.queuedAt else { return }
        activityWaits[task.queue]?.record(moment - queuedAt)
    }

    /// What an execution decided is committed.
    func committed(_ decisions: Decisions, of execution: Execution, _ registry: Registry) {
        commits.increment()
        payloads.committed(decisions.events)
        for lateness in execution.takeLateness() { timerLateness.record(lateness) }
        for activity in execution.takeLostActivities() {
            let metrics = registry.activities[activity.name]?.metrics ?? strangers[activity.name]
            metrics.wasLost(activity.failure)
        }
        guard let completion = decisions.completion else { return }
        execution.blueprint.metrics?.ended(completion, after: execution.age, events: execution.historyLength)
    }

    /// The store refused what was decided.
    func conflicted() { conflicts.increment() }

    /// A task failed before it was known of which workflow it is, or for a reason that lies in none.
    func met(_ cause: String) { problems[cause].increment() }

    func evicted(_ reason: EvictionReason) { evictions[reason]?.increment() }

    func ticked(_ report: TickReport) {
        if report.fired > 0 { fired.increment(by: report.fired) }
        if let lateness = report.lateness { dueLateness.record(lateness) }
        if !report.deadWorkers.isEmpty { deadWorkers.increment(by: report.deadWorkers.count) }
        if report.takenOver > 0 { takenOver.increment(by: report.takenOver) }
        if report.quarantined > 0 { quarantined.increment(by: report.quarantined) }
    }

    /// Looks at what goes up and down.
    func sample(residents count: Int) {
        residents.set(count)
        for item in slots { item.used.set(item.slots.takenCount) }
    }

    /// The worker is none any more.
    func retire() {
        residents.set(0)
        for item in slots {
            item.all.set(0)
            item.used.set(0)
        }
    }
}

/// Why an execution leaves memory before its end.
enum EvictionReason: String, CaseIterable {
    /// Others were used since, and there is room for so many; or the worker keeps none.
    case full
    /// Somebody else has moved the instance.
    case conflict
    /// Its code could not be run, or the store would not take what it decided.
    case problem
    /// The worker stops, or is taken for dead.
    case stop
}
