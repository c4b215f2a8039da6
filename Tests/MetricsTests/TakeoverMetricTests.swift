import Aloft
import AloftTesting
import Logging
import MetricsTestKit
import Testing

/// What a worker tells of others that died.
@Suite struct TakeoverMetricTests {
    struct Idle: Workflow {
        func run(_ context: WorkflowContext) async throws {}
    }

    @Test("Dead workers, and what was taken over from them")
    func takeover() async throws {
        let (store, metrics) = (MemoryStore(), TestMetrics())
        let dead = WorkerRegistration(
            workflowQueues: ["default"],
            activityQueues: [],
            workflows: [Idle.name],
            activities: [],
            host: "gone"
        )
        _ = try await store.beat(dead, isFirst: true)
        let client = WorkflowClient(store: store)
        let handles = [try await client.start(Idle.self), try await client.start(Idle.self)]
        let tasks = try await store.nextWorkflowTasks(for: dead, limit: 10)
        #expect(tasks.count == 2)
        try await store.declareDead([dead.worker], lastWords: nil)

        let worker = Worker(
            store: store,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            telemetry: Telemetry(metrics: metrics)
        ) { Idle.self }
        let run = Task { try await worker.run() }
        for handle in handles { try await handle.result() }
        try await eventually { metrics.count("aloft_dead_workers_total") == 1 }
        #expect(metrics.count("aloft_taken_over_total") == 2)
        #expect(metrics.count("aloft_quarantined_total") == 0)
        run.cancel()
        _ = await run.result
    }
}
