import Aloft
import Synchronization
import Testing

/// Start-to-close timeouts, and what is seen of retries from outside.
@Suite struct ActivityTimeoutTests {
    /// Hangs until it is cancelled, for as many attempts as it is told.
    final class Hangs: Activity {
        let hangs: Int
        let cancelled = Mutex<[Int]>([])

        init(hangs: Int) { self.hangs = hangs }

        func run(_ context: ActivityContext) async throws -> Int {
            guard context.attempt <= hangs else { return context.attempt }
            guard context.deadline != nil else { throw PermanentError("no deadline") }
            do {
                try await Task.sleep(for: .seconds(3600))
            } catch {
                cancelled.withLock { $0.append(context.attempt) }
            }
            return -1
        }
    }

    struct Limited: Workflow {
        func run(_ context: WorkflowContext, _ attempts: Int) async throws -> String {
            let options = ActivityOptions(
                retry: RetryPolicy(maximumAttempts: attempts, initialInterval: .milliseconds(5)),
                startToCloseTimeout: .milliseconds(30)
            )
            do {
                return "attempt \(try await context.activity(Hangs.self, options: options))"
            } catch let error as TimeoutError {
                return "\(error.limit) of \(error.subject)"
            }
        }
    }

    @Test("An attempt that takes too long is cancelled and tried again", arguments: Setup.all)
    func retried(_ setup: Setup) async throws {
        let hangs = Hangs(hangs: 2)
        try await withFleet(setup) {
            Limited.self
            hangs
        } body: { fleet in
            #expect(try await fleet.client.start(Limited.self, 5).result() == "attempt 3")
            try await eventually { hangs.cancelled.withLock { $0 } == [1, 2] }
        }
    }

    @Test("After the last attempt the timeout arrives as such", arguments: Setup.all)
    func exhausted(_ setup: Setup) async throws {
        let hangs = Hangs(hangs: 5)
        try await withFleet(setup) {
            Limited.self
            hangs
        } body: { fleet in
            let result = try await fleet.client.start(Limited.self, 1).result()
            #expect(result == "start-to-close of activity Hangs")
        }
    }

    struct Broken: Error, Codable {}

    struct Tries: Workflow {
        func run(_ context: WorkflowContext) async throws {
            let policy = RetryPolicy(
                maximumAttempts: 3,
                initialInterval: .seconds(3600),
                maximumInterval: .seconds(7200)
            )
            try await context.activity(
                ActivityReference<Void, Void>("breaks"),
                (),
                options: ActivityOptions(retry: policy)
            )
        }
    }

    @Test("The next attempt's time and the last error are seen from outside", arguments: Setup.all)
    func visible(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Tries.self
            ActivityFunction("breaks") { throw Broken() }
        } body: { fleet in
            let handle = try await fleet.client.start(Tries.self)
            try await eventually { try await handle.pendingActivities().first?.attempt == 2 }
            let pending = try #require(try await handle.pendingActivities().first)
            #expect(pending.name == "breaks")
            #expect(pending.lastFailure?.type == "Broken")
            guard case .retrying(let moment) = pending.position else {
                Issue.record("it is \(pending.position)")
                return
            }
            let left = moment - fleet.store.now
            #expect(left > .seconds(3500) && left <= .seconds(3601))
        }
    }
}
