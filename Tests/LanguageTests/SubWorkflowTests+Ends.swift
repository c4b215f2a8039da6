import Aloft
import Testing

extension SubWorkflowTests {
    struct Watching: Workflow {
        func run(_ context: WorkflowContext, _ timeout: Duration?) async throws -> String {
            let options = SubWorkflowOptions(
                id: "watched",
                executionTimeout: timeout,
                memo: ["watched by": "\(context.instance)"]
            )
            do {
                return "\(try await context.subWorkflow(Sleeper.self, options: options))"
            } catch let error as SubWorkflowError {
                return "\(error.failure.kind): \(error.instance) \(error.message)"
            }
        }
    }

    @Test("A parent learns that its sub-workflow was cancelled, terminated or timed out")
    func ends() async { await onAllSetups(ends) }

    private func ends(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Watching.self
            Sleeper.self
        } body: { fleet in
            let watched = fleet.client.handle("watched", of: Sleeper.self)
            func run(_ timeout: Duration?, _ end: () async throws -> Void) async throws -> String {
                let parent = try await fleet.client.start(Watching.self, timeout, id: "watching", options: .again)
                try await eventually { try await fleet.store.state(of: "watched")?.status == .running }
                #expect(try await watched.state().memo == ["watched by": "watching"])
                try await end()
                return try await parent.result()
            }
            let terminated = try await run(nil) { try await watched.terminate(reason: "why") }
            #expect(terminated == "terminated: watched why")
            let cancelled = try await run(nil) { try await watched.cancel(reason: "why") }
            #expect(cancelled.hasPrefix("cancelled: watched"))
            let timedOut = try await run(.milliseconds(500)) {}
            #expect(timedOut.hasPrefix("timeout: watched") && timedOut.contains("execution timeout"))
            #expect(try await watched.status() == .timedOut)
        }
    }
}

extension StartOptions {
    fileprivate static let again = StartOptions(reusePolicy: .allow)
}
