import Aloft
import AloftMetrics
import AloftTesting
import CoreMetrics
import Logging
import MetricsTestKit
import Testing

/// What every worker tells of the queues of its store.
@Suite struct QueueSamplerTests {
    struct Idle: Workflow {
        func run(_ context: WorkflowContext) async throws {}
    }

    static func worker(_ store: any WorkflowStore, _ metrics: TestMetrics, every interval: Duration?) -> Worker {
        Worker(
            store: store,
            queues: ["served"],
            options: WorkerOptions(queueSampleInterval: interval),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            telemetry: Telemetry(metrics: metrics)
        ) { Idle.self }
    }

    @Test("Tasks, their age and workers of each queue; what is gone is zero")
    func sampled() async throws {
        let (store, metrics) = (MemoryStore(), TestMetrics())
        let client = WorkflowClient(store: store)
        for number in 0..<3 { try await client.start(Idle.self, id: InstanceID("i\(number)"), queue: "forgotten") }
        let worker = Self.worker(store, metrics, every: .milliseconds(10))
        let run = Task { try await worker.run() }
        try await worker.waitUntilReady()
        let labels = ["queue": "forgotten", "kind": "workflow"]
        try await eventually { metrics.gauge("aloft_queue_tasks", labels) == 3 }
        #expect(metrics.gauge("aloft_queue_tasks", ["queue": "forgotten", "kind": "activity"]) == 0)
        #expect(metrics.gauge("aloft_queue_workers", ["queue": "forgotten"]) == 0)
        #expect(metrics.gauge("aloft_queue_workers", ["queue": "served"]) == 1)
        try await eventually { (metrics.gauge("aloft_queue_oldest_task_age_seconds", labels) ?? 0) > 0 }
        for number in 0..<3 {
            try await store.terminate(InstanceID("i\(number)"), execution: nil, reason: "")
        }
        try await eventually {
            metrics.gauge("aloft_queue_tasks", labels) == 0
                && metrics.gauge("aloft_queue_oldest_task_age_seconds", labels) == 0
        }
        run.cancel()
        _ = await run.result
        #expect(metrics.gauge("aloft_queue_workers", ["queue": "served"]) == 0, "it knows nothing any more")
    }

    @Test("How many are quarantined, for as long as they are")
    func quarantined() async throws {
        let (store, metrics) = (MemoryStore(), TestMetrics())
        let handle = try await WorkflowClient(store: store).start(Idle.self, id: "deadly")
        for number in 1... {
            guard try await handle.state().isQuarantined == false else { break }
            try #require(number < 20)
            let dying = WorkerRegistration(workflowQueues: [.default], activityQueues: [], host: "test")
            _ = try await store.beat(dying, isFirst: true)
            _ = try await store.nextWorkflowTasks(for: dying, limit: 1)
            try await store.declareDead([dying.worker], lastWords: nil)
            _ = try await store.tick(by: "somebody")
        }
        let worker = Self.worker(store, metrics, every: .milliseconds(10))
        let run = Task { try await worker.run() }
        try await eventually { metrics.gauge("aloft_quarantined_instances") == 1 }
        let lifted = try await store.liftQuarantine(of: ["deadly"])
        #expect(lifted == 1)
        try await eventually { metrics.gauge("aloft_quarantined_instances") == 0 }
        run.cancel()
        _ = await run.result
    }

    @Test("A worker that is told never to look does not")
    func never() async throws {
        let (store, metrics) = (MemoryStore(), TestMetrics())
        let worker = Self.worker(store, metrics, every: nil)
        let run = Task { try await worker.run() }
        try await worker.waitUntilReady()
        try await WorkflowClient(store: store).start(Idle.self, queue: "served").result()
        run.cancel()
        _ = await run.result
        #expect(!metrics.meters.contains { $0.label.hasPrefix("aloft_queue") })
    }

    @Test("There are no more queues than the limit; the rest is added up, workers are those of the worst")
    func bounded() {
        let metrics = TestMetrics()
        var gauges = QueueGauges(metrics, limit: 2)
        let now = Timestamp(milliseconds: 10_000)
        func state(_ name: String, _ tasks: Int, since: Int64, workers: Int) -> QueueState {
            QueueState(
                queue: TaskQueue(name),
                activityTasks: tasks,
                oldestActivityTask: Timestamp(milliseconds: since),
                workers: workers
            )
        }
        let states = [
            state("a", 1, since: 9_000, workers: 1), state("b", 2, since: 11_000, workers: 1),
            state("c", 3, since: 8_500, workers: 2), state("d", 4, since: 7_000, workers: 0),
        ]
        gauges.set(states, at: now)
        func tasks(_ queue: String) -> Double? {
            metrics.gauge("aloft_queue_tasks", ["queue": queue, "kind": "activity"])
        }
        func age(_ queue: String) -> Double? {
            metrics.gauge("aloft_queue_oldest_task_age_seconds", ["queue": queue, "kind": "activity"])
        }
        #expect([tasks("a"), tasks("b"), tasks("c"), tasks("other")] == [1, 2, nil, 7])
        // One that was queued in the future, as clocks go, has waited for nothing.
        #expect([age("a"), age("b"), age("other")] == [1, 0, 3])
        #expect(metrics.gauge("aloft_queue_workers", ["queue": "other"]) == 0)
        gauges.set([states[0]], at: now)
        #expect([tasks("a"), tasks("b"), tasks("other")] == [1, 0, 0])
    }
}
