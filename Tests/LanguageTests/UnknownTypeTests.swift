import Aloft
import Testing

/// Tasks for names that a worker does not know.
@Suite struct UnknownTypeTests {
    struct Calls: Workflow {
        func run(_ context: WorkflowContext, _ name: String) async throws -> String {
            do {
                return try await context.activity(ActivityReference<Int, String>(name), 1)
            } catch let error as ActivityError {
                return "\(error.type): \(error.message)"
            }
        }
    }

    struct Other: Workflow {
        func run(_ context: WorkflowContext) async throws {}
    }

    @Test("An activity that only another worker knows goes to that one")
    func rollingDeploy() async { await onAllSetups(rollingDeploy) }

    private func rollingDeploy(_ setup: Setup) async throws {
        try await withFleet(setup) { fleet in
            let handle = try await fleet.client.start(Calls.self, "new")
            try await fleet.withWorker({ Calls.self }) {
                try await eventually { try await handle.state().problem?.contains("new") == true }
                try await fleet.withWorker(options: WorkerOptions(servesWorkflows: false)) {
                    ActivityFunction("new") { (number: Int) in "done \(number)" }
                } body: {
                    let result = try await handle.result()
                    #expect(result == "done 1")
                }
            }
        }
    }

    @Test("An activity that nobody knows fails after a while, naming what the workers know")
    func unknownActivity() async { await onAllSetups(unknownActivity) }

    private func unknownActivity(_ setup: Setup) async throws {
        try await withFleet(setup) { fleet in
            var options = setup.options
            options.unknownActivityLimit = .milliseconds(60)
            try await fleet.withWorker(options: options) {
                Calls.self
                ActivityFunction("known") { (number: Int) in "\(number)" }
            } body: {
                let result = try await fleet.client.start(Calls.self, "unknown").result()
                #expect(result.hasPrefix("UnknownType"))
                #expect(result.contains("unknown") && result.contains("known") && result.contains("default"))
            }
        }
    }

    @Test("A workflow that nobody knows waits, or fails after a while if so set")
    func unknownWorkflow() async { await onAllSetups(unknownWorkflow) }

    private func unknownWorkflow(_ setup: Setup) async throws {
        try await withFleet(setup) { fleet in
            var options = setup.options
            let handle = try await fleet.client.start(Calls.self, "x")
            try await fleet.withWorker(options: options) {
                Other.self
            } body: {
                try await eventually { try await handle.state().problem?.contains("Calls") == true }
            }
            options.unknownWorkflowLimit = .milliseconds(60)
            try await fleet.withWorker(options: options) {
                Other.self
            } body: {
                let error = await #expect(throws: WorkflowError.self) { try await handle.result() }
                #expect(error?.failure.kind == .unknownType)
                #expect(error?.message.contains("Calls") == true)
                #expect(error?.message.contains("Other") == true)
            }
        }
    }
}
