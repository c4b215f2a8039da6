internal import AloftCore
internal import AloftMetrics
internal import CoreMetrics

/// What is measured of the executions of one workflow.
final class WorkflowMetrics: Sendable {
    let taskDuration: Timer
    private let completed: Counter
    private let failed: Counter
    private let cancelled: Counter
    private let continued: Counter
    private let failures: HandleFamily<Counter>
    private let problems: HandleFamily<Counter>
    private let duration: Timer
    private let historyEvents: Recorder
    private let replays: Counter
    private let replayEvents: Recorder

    init(_ factory: any MetricsFactory, workflow: String) {
        taskDuration = factory.timer(MetricCatalogue.workflowTaskDuration, workflow)
        func ended(_ status: String) -> Counter { factory.counter(MetricCatalogue.executions, workflow, status) }
        completed = ended("completed")
        failed = ended("failed")
        cancelled = ended("cancelled")
        continued = ended("continued")
        failures = HandleFamily { factory.counter(MetricCatalogue.workflowFailures, workflow, $0) }
        problems = HandleFamily { factory.counter(MetricCatalogue.workflowTaskProblems, workflow, $0) }
        duration = factory.timer(MetricCatalogue.workflowDuration, workflow)
        historyEvents = factory.recorder(MetricCatalogue.historyEvents, workflow)
        replays = factory.counter(MetricCatalogue.replays, workflow)
        replayEvents = factory.recorder(MetricCatalogue.replayEvents, workflow)
    }

    /// An execution was rebuilt; one without a history was not.
    func replayed(_ events: Int) {
        guard events > 0 else { return }
        replays.increment()
        replayEvents.record(events)
    }

    func met(_ failure: TaskFailure) { problems["\(failure.cause)"].increment() }

    /// The store could not be read, or will not take what was decided.
    func met(_ error: StoreError) { problems["\(error.code)"].increment() }

    func ended(_ completion: Completion, after time: Duration, events: Int) {
        duration.record(time)
        historyEvents.record(events)
        switch completion {
        case .completed: completed.increment()
        case .failed(let failure):
            failed.increment()
            failures[failure.type].increment()
        case .cancelled: cancelled.increment()
        case .continuedAsNew: continued.increment()
        // The store decides these; no worker commits them.
        case .terminated, .timedOut: break
        }
    }
}
