import Aloft
import Synchronization
import Testing

/// Which tasks a worker takes, and how many at a time.
@Suite struct WorkerKindTests {
    struct Twice: Workflow {
        func run(_ context: WorkflowContext, _ number: Int) async throws -> Int {
            try await context.activity(ActivityReference<Int, Int>("twice"), number)
        }
    }

    @Test("One worker for workflows and one for activities serve together, and neither alone", arguments: Setup.all)
    func kinds(_ setup: Setup) async throws {
        try await withFleet(setup) { fleet in
            var workflowsOnly = setup.options
            workflowsOnly.servesActivities = false
            var activitiesOnly = setup.options
            activitiesOnly.servesWorkflows = false
            // Both know everything: what they take is a matter of their options.
            let components: [WorkerComponent] = [
                .workflow(Twice.self), .activity(ActivityFunction("twice") { (number: Int) in 2 * number }),
            ]
            let handle = try await fleet.client.start(Twice.self, 21)
            try await fleet.withWorker(options: workflowsOnly) {
                components
            } body: { [activitiesOnly] in
                try await eventually { try await handle.pendingActivities().first?.position == .queued }
                try await fleet.withWorker(options: activitiesOnly) {
                    components
                } body: {
                    let result = try await handle.result()
                    #expect(result == 42)
                }
            }
            let next = try await fleet.client.start(Twice.self, 1)
            try await fleet.withWorker(options: activitiesOnly) {
                components
            } body: { [workflowsOnly] in
                #expect(try await next.state().historyLength == 0)
                try await fleet.withWorker(options: workflowsOnly) {
                    components
                } body: {
                    let result = try await next.result()
                    #expect(result == 2)
                }
            }
        }
    }

    /// How many run at the same time, and how many have begun.
    final class Gauge: Sendable {
        private let state = Mutex((current: 0, most: 0, begun: 0))

        var most: Int { state.withLock { $0.most } }
        var begun: Int { state.withLock { $0.begun } }

        func enter() {
            state.withLock {
                $0.current += 1
                $0.begun += 1
                $0.most = max($0.most, $0.current)
            }
        }

        func leave() { state.withLock { $0.current -= 1 } }
    }

    struct Crowd: Workflow {
        func run(_ context: WorkflowContext, _ count: Int) async throws {
            try await withThrowingDiscardingTaskGroup { group in
                for _ in 0..<count {
                    group.addTask { try await context.activity(ActivityReference<Void, Void>("busy"), ()) }
                }
            }
        }
    }

    @Test("No more activities at a time than a worker may run, and as many", arguments: Setup.all)
    func activities(_ setup: Setup) async throws {
        let gauge = Gauge()
        try await withFleet(setup) { fleet in
            var options = setup.options
            options.maximumActivities = 2
            try await fleet.withWorker(options: options) {
                Crowd.self
                ActivityFunction("busy") {
                    gauge.enter()
                    defer { gauge.leave() }
                    // The first waits for a second, so that two are there.
                    try await eventually { gauge.begun >= 2 }
                    await Task.yield()
                }
            } body: {
                try await fleet.client.start(Crowd.self, 12).result()
            }
        }
        #expect(gauge.begun == 12)
        #expect(gauge.most == 2)
    }

    struct Dense: Workflow {
        static let gauge = Gauge()
        func run(_ context: WorkflowContext) async throws {
            Self.gauge.enter()
            defer { Self.gauge.leave() }
            // Workflow code that computes: it does not wait, so that its task is in hand all the while.
            let end = ContinuousClock.now + .milliseconds(3)
            while ContinuousClock.now < end {}
        }
    }

    @Test("No more workflow tasks at a time than a worker may carry out")
    func workflows() async throws {
        // One after the other, since the gauge belongs to the type.
        for setup in Setup.all {
            try await withFleet(setup) { fleet in
                var options = setup.options
                options.maximumWorkflowTasks = 1
                var handles: [InstanceHandle<Void>] = []
                for _ in 0..<8 { handles.append(try await fleet.client.start(Dense.self)) }
                try await fleet.withWorker(options: options) {
                    Dense.self
                } body: { [handles] in
                    for handle in handles { try await handle.result() }
                }
            }
        }
        #expect(Dense.gauge.most == 1)
    }
}
