import Aloft
import Synchronization
import Testing

@Suite struct RetryTests {
    struct Refused: Error, Codable, Equatable {
        var attempt: Int
    }

    final class Flaky: Activity {
        let attempts = Mutex<[Int]>([])
        let keys = Mutex<Set<String>>([])
        let successAt: Int
        let isPermanent: Bool

        init(successAt: Int, isPermanent: Bool = false) {
            self.successAt = successAt
            self.isPermanent = isPermanent
        }

        func run(_ context: ActivityContext) async throws -> Int {
            attempts.withLock { $0.append(context.attempt) }
            _ = keys.withLock { $0.insert(context.idempotencyKey) }
            guard context.attempt >= successAt else {
                let refusal = Refused(attempt: context.attempt)
                throw isPermanent ? PermanentError(refusal) : refusal as any Error
            }
            return context.attempt
        }
    }

    struct Persistent: Workflow {
        func run(_ context: WorkflowContext, _ attempts: Int) async throws -> Int {
            try await context.activity(
                Flaky.self,
                options: ActivityOptions(
                    retry: RetryPolicy(maximumAttempts: attempts, initialInterval: .milliseconds(5))
                )
            )
        }
    }

    @Test("Retries are the store's: the history holds only the outcome", arguments: Setup.all)
    func retries(_ setup: Setup) async throws {
        let flaky = Flaky(successAt: 3)
        try await withFleet(setup) {
            Persistent.self
            flaky
        } body: { fleet in
            let handle = try await fleet.client.start(Persistent.self, 5)
            #expect(try await handle.result() == 3)
            #expect(flaky.attempts.withLock { $0 } == [1, 2, 3])
            #expect(flaky.keys.withLock { $0.count } == 1)
            #expect(try await handle.state().historyLength == 4)
        }
    }

    @Test("After the last attempt the error arrives typed", arguments: Setup.all)
    func exhausted(_ setup: Setup) async throws {
        let flaky = Flaky(successAt: 10)
        try await withFleet(setup) {
            Persistent.self
            flaky
        } body: { fleet in
            let handle = try await fleet.client.start(Persistent.self, 2)
            let error = await #expect(throws: WorkflowError.self) { try await handle.result() }
            #expect(error?.status == .failed)
            #expect(error?.type == "Refused")
            #expect(error?.details(Refused.self) == Refused(attempt: 2))
            #expect(flaky.attempts.withLock { $0 } == [1, 2])
        }
    }

    @Test("A permanent error is not retried", arguments: Setup.all)
    func permanent(_ setup: Setup) async throws {
        let flaky = Flaky(successAt: 10, isPermanent: true)
        try await withFleet(setup) {
            Persistent.self
            flaky
        } body: { fleet in
            let handle = try await fleet.client.start(Persistent.self, 5)
            let error = await #expect(throws: WorkflowError.self) { try await handle.result() }
            #expect(error?.failure.isPermanent == true)
            #expect(flaky.attempts.withLock { $0 } == [1])
        }
    }
}
