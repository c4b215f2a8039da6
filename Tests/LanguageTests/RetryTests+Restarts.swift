import Aloft
import Synchronization
import Testing

extension RetryTests {
    struct Unlucky: Error {}

    /// What several workers have tried.
    final class Attempts: Sendable {
        private let numbers = Mutex<[Int]>([])
        var values: [Int] { numbers.withLock { $0 } }
        func append(_ number: Int) { numbers.withLock { $0.append(number) } }
    }

    /// Fails in one worker, succeeds in the next.
    private func trying(_ attempts: Attempts, succeeds: Bool) -> WorkerComponent {
        .activity(
            ActivityFunction<Void, Int>("try") { context, _ in
                attempts.append(context.attempt)
                guard succeeds else { throw Unlucky() }
                return context.attempt
            }
        )
    }

    struct Enduring: Workflow {
        func run(_ context: WorkflowContext) async throws -> Int {
            let retry = RetryPolicy(maximumAttempts: 1_000, initialInterval: .milliseconds(200), backoffCoefficient: 1)
            return try await context.activity(ActivityReference<Void, Int>("try"), (), options: .init(retry: retry))
        }
    }

    @Test("A retry that is due belongs to no worker: the next one goes on counting", arguments: Setup.all)
    func restarts(_ setup: Setup) async throws {
        let attempts = Attempts()
        try await withFleet(setup) { fleet in
            let handle = try await fleet.client.start(Enduring.self)
            try await fleet.withWorker {
                WorkerComponent.workflow(Enduring.self)
                trying(attempts, succeeds: false)
            } body: {
                try await eventually { try await handle.pendingActivities().first?.lastFailure != nil }
            }
            let failed = attempts.values.count
            try await fleet.withWorker {
                WorkerComponent.workflow(Enduring.self)
                trying(attempts, succeeds: true)
            } body: {
                let attempt = try await handle.result()
                #expect(attempt == failed + 1)
            }
            #expect(attempts.values == Array(1...(failed + 1)))
        }
    }
}
