import Aloft
import Logging
import ServiceLifecycle
import Testing

/// What a worker says of itself, on a clock that only the test moves.
@Suite(.timeLimit(.minutes(1)))
struct WorkerHealthTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private let store = StubStore()
    private var clock: ManualClock { store.manualClock }

    private func worker(_ options: WorkerOptions = WorkerOptions()) -> Worker {
        Worker(store: store, options: options, logger: Self.quiet) { SequenceTests.Chain.self }
    }

    /// Runs a worker until the body ends.
    private func withWorker(_ worker: Worker, _ body: () async throws -> Void) async throws {
        let run = Task { try await worker.run() }
        try await worker.waitUntilReady()
        try await until { store.isKeptAlive && worker.health.workflowPoll != nil }
        try await body()
        run.cancel()
        try await run.value
    }

    private func until(_ condition: () -> Bool) async throws {
        while !condition() {
            try Task.checkCancellation()
            await Task.yield()
        }
    }

    @Test("A worker that was not started yet is healthy and not ready")
    func starting() {
        let health = worker().health
        #expect(health.status == .starting)
        #expect(health.isHealthy && !health.isReady)
        #expect(health.heartbeatAge == nil && health.workflowPoll == nil)
        #expect(health.reasons == ["the worker is not registered with the store"])
    }

    @Test("A worker that takes tasks is ready; when it has ended it is neither")
    func serving() async throws {
        let worker = worker()
        try await withWorker(worker) {
            #expect(worker.health.status == .serving)
            #expect(worker.health.isReady && worker.health.isHealthy)
            #expect(worker.health.reasons.isEmpty)
            #expect(worker.health.heartbeatAge == .zero)
        }
        #expect(worker.health.status == .stopped)
        #expect(!worker.health.isReady && !worker.health.isHealthy)
        #expect(worker.health.reasons == ["the worker has stopped"])
    }

    /// The lease is 10 seconds, a poll may wait for 5 by design.
    @Test("A heartbeat is late after the lease, and recent again when one is answered")
    func lateHeartbeat() async throws {
        let worker = worker()
        try await withWorker(worker) {
            clock.advance(by: .seconds(10))
            #expect(worker.health.isReady, "exactly the lease")
            clock.advance(by: .milliseconds(100))
            #expect(!worker.health.isHealthy && !worker.health.isReady)
            #expect(
                worker.health.reasons == ["the store has confirmed no heartbeat for 10.1 s; the lease is 10.0 s"]
            )
            store.confirmHeartbeat()
            #expect(worker.health.isReady)
        }
    }

    @Test("A poll that nobody answers is late after its own time and a lease")
    func pausedPoll() async throws {
        let worker = worker()
        try await withWorker(worker) {
            clock.advance(by: .seconds(15))
            store.confirmHeartbeat()
            #expect(worker.health.isReady)
            clock.advance(by: .milliseconds(200))
            #expect(!worker.health.isHealthy)
            #expect(
                worker.health.reasons == [
                    "no answer for 15.2 s when asking for workflow tasks",
                    "no answer for 15.2 s when asking for activity tasks",
                ]
            )
        }
    }

    @Test("What a worker does not serve it is not asked about")
    func oneKind() async throws {
        let worker = worker(WorkerOptions(servesActivities: false))
        try await withWorker(worker) {
            #expect(worker.health.activityPoll == nil)
            clock.advance(by: .seconds(16))
            store.confirmHeartbeat()
            #expect(worker.health.reasons == ["no answer for 16.0 s when asking for workflow tasks"])
        }
    }

    // MARK: The rules alone

    private static func serving(_ poll: WorkerHealth.Poll, heartbeat: Duration = .zero) -> WorkerHealth {
        WorkerHealth(
            status: .serving,
            heartbeatAge: heartbeat,
            lease: .seconds(10),
            pollLimit: .seconds(15),
            workflowPoll: poll
        )
    }

    @Test("Who has no free place asks nobody, and is none the worse for it")
    func fullHands() {
        #expect(Self.serving(.init(age: .seconds(3600), isFull: true)).isReady)
        #expect(!Self.serving(.init(age: .seconds(3600), isFull: false)).isReady)
    }

    @Test("One call that failed is no illness; that none succeeds is, and the reason says why")
    func failingPolls() {
        #expect(Self.serving(.init(age: .seconds(1), error: "READONLY")).isReady)
        let ill = Self.serving(.init(age: .seconds(20), error: "READONLY"))
        #expect(ill.reasons == ["no answer for 20.0 s when asking for workflow tasks: READONLY"])
    }

    @Test("A worker that drains is left alone, whatever its heartbeat")
    func draining() {
        let health = WorkerHealth(
            status: .draining,
            heartbeatAge: .seconds(60),
            lease: .seconds(10),
            pollLimit: .seconds(15)
        )
        #expect(health.isHealthy && !health.isReady)
        #expect(health.reasons == ["the worker drains: it was told to stop"])
    }

    @Test("A worker that has lost its lease and cannot register again is ill")
    func registeringAgain() {
        let health = WorkerHealth(
            status: .starting,
            heartbeatAge: .seconds(60),
            lease: .seconds(10),
            pollLimit: .seconds(15)
        )
        #expect(!health.isHealthy && !health.isReady)
        #expect(health.reasons.count == 2)
    }
}
