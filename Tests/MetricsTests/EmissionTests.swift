import Aloft
import AloftMetrics
import AloftTesting
import CoreMetrics
import Logging
import MetricsTestKit
import Synchronization
import Testing

/// Each metric is emitted where it should be, with its value and labels.
@Suite struct EmissionTests {
    struct Declined: Error {}

    struct Order: Workflow {
        static let go = Signal<String>("go")

        func run(_ context: WorkflowContext, _ mode: String) async throws -> String {
            if mode == "again" { throw context.continueAsNew("once") }
            let options = ActivityOptions(retry: RetryPolicy(maximumAttempts: 2, initialInterval: .milliseconds(1)))
            let charged = try await context.activity(EmissionTests.charge, mode, options: options)
            try await context.sleep(for: .milliseconds(5), name: "pause")
            return charged + (mode == "once" ? "" : try await context.receive(Self.go))
        }
    }

    static let charge = ActivityReference<String, String>("charge")

    static func worker(
        _ store: any WorkflowStore,
        _ metrics: any MetricsFactory,
        options: WorkerOptions = WorkerOptions()
    ) -> Worker {
        let failures = Mutex<Set<String>>([])
        return Worker(
            store: store,
            queues: ["orders"],
            options: options,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            telemetry: Telemetry(tracer: nil, metrics: metrics)
        ) {
            Order.self
            ActivityFunction(charge.name) { (mode: String) in
                let isFirst = failures.withLock { $0.insert(mode).inserted }
                if mode == "bad" || mode == "twice" && isFirst { throw Declined() }
                return mode
            }
        }
    }

    /// Runs instances, one in each mode, and returns what was measured.
    static func measure(_ modes: [String], options: WorkerOptions = WorkerOptions()) async throws -> TestMetrics {
        let (store, metrics) = (MemoryStore(), TestMetrics())
        let worker = worker(store, metrics, options: options)
        let run = Task { try await worker.run() }
        try await worker.waitUntilReady()
        let client = WorkflowClient(store: store, telemetry: .off)
        for mode in modes {
            let handle = try await client.start(Order.self, mode, queue: "orders")
            if mode != "bad", mode != "again" { try await handle.signal(Order.go, "!") }
            _ = try? await handle.result()
        }
        run.cancel()
        _ = await run.result
        return metrics
    }

    @Test("Attempts by outcome, failures by type of error, and how long they ran")
    func activities() async throws {
        let metrics = try await Self.measure(["good", "twice", "bad"])
        #expect(metrics.count("aloft_activity_attempts_total", ["activity": "charge", "outcome": "completed"]) == 2)
        #expect(metrics.count("aloft_activity_attempts_total", ["activity": "charge", "outcome": "retried"]) == 2)
        #expect(metrics.count("aloft_activity_attempts_total", ["activity": "charge", "outcome": "failed"]) == 1)
        #expect(metrics.count("aloft_activity_failures_total", ["activity": "charge", "error": "Declined"]) == 3)
        #expect(metrics.times("aloft_activity_duration_seconds", ["activity": "charge"]).count == 5)
        // One for each activity, not for each attempt.
        #expect(metrics.times("aloft_activity_schedule_to_start_seconds", ["activity": "charge"]).count == 3)
    }

    struct Orphan: Workflow {
        static let name = "Orphan"
        func run(_ context: WorkflowContext) async throws -> String {
            var kinds: [String] = []
            for name in ["unknown", "deadly"] {
                let options = ActivityOptions(queue: name == "deadly" ? "elsewhere" : nil)
                do {
                    try await context.activity(ActivityReference<Void, Void>(name), (), options: options)
                } catch is CrashError {
                    kinds.append("crash")
                } catch let error as ActivityError { kinds.append(error.type) }
            }
            return kinds.joined(separator: ",")
        }
    }

    /// No attempt of theirs ends anywhere: the store decides.
    @Test("Activities that kill their workers, and those that no worker knows")
    func lostActivities() async throws {
        let (store, metrics) = (MemoryStore(), TestMetrics())
        let worker = Worker(
            store: store,
            options: WorkerOptions(problemRetryInterval: .milliseconds(10), unknownActivityLimit: .milliseconds(20)),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            telemetry: Telemetry(tracer: nil, metrics: metrics)
        ) {
            Orphan.self
        }
        let run = Task { try await worker.run() }
        try await worker.waitUntilReady()
        let handle = try await WorkflowClient(store: store, telemetry: .off).start(Orphan.self)
        try await eventually { try await handle.history().contains { $0.body.schedules("deadly") } }
        // As a takeover from the third worker that died with it writes it.
        let crash = Failure(kind: .crash, type: "CrashError", message: "3 workers died", isPermanent: true)
        try await store.deliver(.activityFailed(CommandID(2), crash), to: handle.instance, execution: nil, id: nil)
        let result = try await handle.result()
        #expect(result == "UnknownType,crash")
        // The client sees the end before the worker has counted it.
        run.cancel()
        _ = await run.result
        for (activity, error) in [("unknown", "UnknownType"), ("deadly", "CrashError")] {
            #expect(metrics.count("aloft_activity_attempts_total", ["activity": activity, "outcome": "lost"]) == 1)
            #expect(metrics.count("aloft_activity_failures_total", ["activity": activity, "error": error]) == 1)
        }
    }

    @Test("Executions by how they ended, how long they took, and how long their histories are")
    func executions() async throws {
        let metrics = try await Self.measure(["good", "bad", "again"])
        #expect(metrics.count("aloft_workflow_executions_total", ["workflow": "Order", "status": "completed"]) == 2)
        #expect(metrics.count("aloft_workflow_executions_total", ["workflow": "Order", "status": "failed"]) == 1)
        #expect(metrics.count("aloft_workflow_executions_total", ["workflow": "Order", "status": "continued"]) == 1)
        #expect(metrics.count("aloft_workflow_failures_total", ["workflow": "Order", "error": "Declined"]) == 1)
        let durations = metrics.times("aloft_workflow_duration_seconds", ["workflow": "Order"])
        #expect(durations.count == 4)
        #expect(durations.count { $0 >= 5_000_000 } >= 2)
        let lengths = metrics.values("aloft_history_events", ["workflow": "Order"])
        // Started, signal, activity, its end, timer, its end, completed; the same without the signal; started, activity, its end, failed;
        // started, continued.
        #expect(lengths.sorted() == [2, 4, 6, 7])
        #expect(metrics.times("aloft_workflow_task_duration_seconds", ["workflow": "Order"]).count >= 4)
    }

    @Test("Sizes of payloads, by what they are for")
    func payloads() async throws {
        let metrics = try await Self.measure(["good"])
        #expect(metrics.values("aloft_payload_bytes", ["kind": "workflow_input"]) == [6])
        #expect(metrics.values("aloft_payload_bytes", ["kind": "activity_input"]) == [6])
        #expect(metrics.values("aloft_payload_bytes", ["kind": "activity_result"]) == [6])
        #expect(metrics.values("aloft_payload_bytes", ["kind": "signal"]) == [3])
        #expect(metrics.values("aloft_payload_bytes", ["kind": "workflow_result"]) == [7])
        #expect(metrics.values("aloft_payload_bytes", ["kind": "side_effect"]).isEmpty)
    }

    struct Relay: Workflow {
        static let go = Signal<String>("go")
        static let kept = Signal<String>("kept")

        func run(_ context: WorkflowContext, _ isLast: Bool) async throws {
            guard !isLast else {
                _ = try await context.receive(Self.kept)
                return
            }
            _ = try await context.receive(Self.go)
            throw context.continueAsNew(true)
        }
    }

    @Test("A signal that goes along to the next execution is measured once")
    func carriedSignal() async throws {
        let (store, metrics) = (MemoryStore(), TestMetrics())
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let worker = Worker(store: store, logger: logger, telemetry: Telemetry(tracer: nil, metrics: metrics)) {
            Relay.self
        }
        let run = Task { try await worker.run() }
        try await worker.waitUntilReady()
        let handle = try await WorkflowClient(store: store, telemetry: .off).start(Relay.self, false)
        try await handle.signal(Relay.kept, "long")
        try await handle.signal(Relay.go, "!")
        try await handle.result()
        run.cancel()
        _ = await run.result
        #expect(metrics.values("aloft_payload_bytes", ["kind": "signal"]).sorted() == [3, 6])
    }

    @Test("Commits, timers and how late they fired; what is resident is not replayed")
    func resident() async throws {
        let metrics = try await Self.measure(["good"])
        #expect(metrics.count("aloft_commits_total") >= 3)
        #expect(metrics.times("aloft_commit_duration_seconds").count >= 3)
        #expect(metrics.count("aloft_commit_conflicts_total") == 0)
        #expect(metrics.times("aloft_timer_lateness_seconds").count == 1)
        #expect(metrics.count("aloft_due_fired_total") == 1)
        #expect(metrics.times("aloft_due_lateness_seconds").count == 1)
        #expect(metrics.count("aloft_replays_total", ["workflow": "Order"]) == 0)
        #expect(metrics.count("aloft_evictions_total", ["reason": "full"]) == 0)
        #expect(metrics.times("aloft_task_wait_seconds", ["queue": "orders", "kind": "workflow"]).count >= 1)
        // It was leased with the transition that scheduled it.
        #expect(metrics.times("aloft_task_wait_seconds", ["queue": "orders", "kind": "activity"]).isEmpty)
    }

    @Test("How late a retry is, as all that is due by time")
    func lateRetry() async throws {
        let metrics = try await Self.measure(["twice"])
        // The retry and the timer.
        #expect(metrics.count("aloft_due_fired_total") == 2)
        #expect(metrics.times("aloft_due_lateness_seconds").count == 2)
        #expect(metrics.times("aloft_timer_lateness_seconds").count == 1)
    }

    @Test("Replays and their length, evictions, and time in queue where nothing is resident")
    func cold() async throws {
        let options = WorkerOptions(maximumResidents: 0, eagerActivities: false)
        let metrics = try await Self.measure(["once"], options: options)
        let lengths = metrics.values("aloft_replay_events", ["workflow": "Order"])
        #expect(metrics.count("aloft_replays_total", ["workflow": "Order"]) == Int64(lengths.count))
        #expect(lengths.count >= 2)
        #expect(zip(lengths, lengths.dropFirst()).allSatisfy { $0 < $1 })
        #expect(metrics.count("aloft_evictions_total", ["reason": "full"]) == Int64(lengths.count))
        #expect(metrics.times("aloft_task_wait_seconds", ["queue": "orders", "kind": "activity"]).count == 1)
        #expect(metrics.times("aloft_timer_lateness_seconds").count == 1)
    }

    @Test("Slots, and executions at rest")
    func gauges() async throws {
        let (store, metrics) = (MemoryStore(), TestMetrics())
        let worker = Self.worker(store, metrics, options: WorkerOptions(maximumWorkflowTasks: 7, maximumActivities: 9))
        let run = Task { try await worker.run() }
        try await worker.waitUntilReady()
        #expect(metrics.gauge("aloft_worker_slots", ["kind": "workflow"]) == 7)
        #expect(metrics.gauge("aloft_worker_slots", ["kind": "activity"]) == 9)
        let handle = try await WorkflowClient(store: store).start(Order.self, "good", queue: "orders")
        try await eventually { metrics.gauge("aloft_resident_executions") == 1 }
        #expect((metrics.gauge("aloft_worker_slots_used", ["kind": "activity"]) ?? 0) == 0)
        try await handle.signal(Order.go, "")
        _ = try await handle.result()
        try await eventually { metrics.gauge("aloft_resident_executions") == 0 }
        run.cancel()
        _ = await run.result
        #expect(metrics.gauge("aloft_worker_slots", ["kind": "workflow"]) == 0)
    }

    @Test("Workers of one process add up, each with what it serves, until it stops")
    func several() async throws {
        let (store, metrics) = (MemoryStore(), TestMetrics())
        let both = WorkerOptions(maximumWorkflowTasks: 3, maximumActivities: 4)
        let one = WorkerOptions(servesActivities: false, maximumWorkflowTasks: 5, maximumActivities: 6)
        let workers = [both, one].map { Self.worker(store, metrics, options: $0) }
        let runs = workers.map { worker in Task { try await worker.run() } }
        for worker in workers { try await worker.waitUntilReady() }
        #expect(metrics.gauge("aloft_worker_slots", ["kind": "workflow"]) == 8)
        #expect(metrics.gauge("aloft_worker_slots", ["kind": "activity"]) == 4)
        runs[0].cancel()
        _ = await runs[0].result
        #expect(metrics.gauge("aloft_worker_slots", ["kind": "workflow"]) == 5)
        runs[1].cancel()
        _ = await runs[1].result
    }

    @Test("A workflow task that fails is counted by its cause")
    func problems() async throws {
        struct Sleeper: Workflow {
            func run(_ context: WorkflowContext) async throws { try await Task.sleep(for: .seconds(3_600)) }
        }
        let (store, metrics) = (MemoryStore(), TestMetrics())
        let worker = Worker(
            store: store,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            telemetry: Telemetry(metrics: metrics)
        ) { Sleeper.self }
        let run = Task { try await worker.run() }
        try await worker.waitUntilReady()
        try await WorkflowClient(store: store).start(Sleeper.self)
        let labels = ["workflow": "Sleeper", "cause": "foreignAwait"]
        try await eventually { metrics.count("aloft_workflow_task_problems_total", labels) >= 1 }
        #expect(metrics.count("aloft_evictions_total", ["reason": "problem"]) >= 1)
        run.cancel()
        _ = await run.result
    }

    @Test("A task of a workflow that the worker does not know, and one that the store does not take")
    func unknownProblems() async throws {
        struct Long: Workflow {
            func run(_ context: WorkflowContext) async throws {
                for _ in 0..<100 { _ = try await context.sideEffect { 1 } }
                try await context.sleep(for: .seconds(3_600))
            }
        }
        let metrics = TestMetrics()
        let store = MemoryStore(historyLimit: 20)
        let worker = Worker(
            store: store,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            telemetry: Telemetry(metrics: metrics)
        ) { Long.self }
        let run = Task { try await worker.run() }
        try await worker.waitUntilReady()
        let client = WorkflowClient(store: store)
        try await client.start(WorkflowReference<Void, Void>("Nobody"))
        try await client.start(Long.self)
        let name = "aloft_workflow_task_problems_total"
        try await eventually {
            metrics.count(name, ["workflow": "unknown", "cause": "unknownWorkflow"]) >= 1
                && metrics.count(name, ["workflow": "Long", "cause": "history too long"]) >= 1
        }
        run.cancel()
        _ = await run.result
    }

    @Test("Where nothing is measured no handle is made")
    func off() async throws {
        let metrics = TestMetrics()
        try await withMetricsFactory(metrics) {
            let store = MemoryStore()
            let worker = Self.worker(store, NOOPMetricsHandler.instance)
            let run = Task { try await worker.run() }
            try await worker.waitUntilReady()
            _ = try await WorkflowClient(store: store).start(Order.self, "once", queue: "orders").result()
            run.cancel()
            _ = await run.result
        }
        #expect(metrics.counters.isEmpty && metrics.timers.isEmpty && metrics.meters.isEmpty)
    }
}

extension EventBody {
    fileprivate func schedules(_ name: String) -> Bool {
        if case .activityScheduled(let scheduled) = self { scheduled.name == name } else { false }
    }
}
