import Aloft
import Synchronization
import Testing

extension CrashTests {
    struct Risky: Workflow {
        func run(_ context: WorkflowContext) async throws -> String {
            do {
                return "\(try await context.activity(ActivityReference<Int, Int>("step"), 1))"
            } catch let error as CrashError {
                return "\(error.activity) \(error.failure.kind), next: \(try await context.activity(After.self))"
            }
        }
    }

    struct After: Activity {
        func run(_ context: ActivityContext) async throws -> String { "fine" }
    }

    @Test("An activity that was in the hands of three workers when they died is a CrashError")
    func crashError() async { await onAllSetups(crashError) }

    private func crashError(_ setup: Setup) async throws {
        try await withFleet(setup, lease: .seconds(1)) { fleet in
            let handle = try await fleet.client.start(Risky.self)
            var decides = setup.options
            decides.servesActivities = false
            try await fleet.withWorker(options: decides) {
                Risky.self
            } body: {
                try await eventually { try await !handle.pendingActivities().isEmpty }
                for _ in 1...3 {
                    let line = SeveredStore(fleet.store)
                    let doomed = Fleet(store: line, client: WorkflowClient(store: line), setup: setup)
                    let stuck = Stuck()
                    var runs = setup.options
                    runs.servesWorkflows = false
                    try await doomed.withWorker(options: runs) {
                        stuck.component
                    } body: {
                        // On a machine that stands still for a second a lease may run out by itself, and that counts too.
                        try await eventually {
                            if stuck.begun.withLock({ $0 }) > 0 { return true }
                            return try await handle.pendingActivities().isEmpty
                        }
                        // Whoever decides finds it silent, and takes the activity from it: the next one gets it then.
                        line.cut()
                    }
                }
                try await fleet.withWorker {
                    After()
                } body: {
                    let result = try await handle.result()
                    #expect(result == "step crash, next: fine")
                }
            }
        }
    }
}
