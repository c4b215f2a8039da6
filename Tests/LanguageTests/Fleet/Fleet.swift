import Aloft
import AloftRedis
import AloftTesting
import LocalRedis
import Logging
import Testing

/// What every line of the language is tested on: each store, Redis with one partition and with several, and executions that
/// stay in memory between their tasks as well as such that are rebuilt from history for every single one.
struct Setup: Sendable, CustomStringConvertible {
    enum Backend: String, CaseIterable, Sendable { case memory, redis }

    var backend: Backend
    var isResident: Bool
    var partitions = 1

    static let all = [
        Setup(backend: .memory, isResident: true), Setup(backend: .memory, isResident: false),
        Setup(backend: .redis, isResident: true), Setup(backend: .redis, isResident: false),
        Setup(backend: .redis, isResident: true, partitions: 4),
        Setup(backend: .redis, isResident: false, partitions: 4),
    ]

    var description: String {
        "\(backend)\(partitions > 1 ? ", \(partitions) partitions" : ""), \(isResident ? "resident" : "cold")"
    }

    var options: WorkerOptions {
        isResident
            ? WorkerOptions(problemRetryInterval: .milliseconds(20))
            : WorkerOptions(maximumResidents: 0, eagerActivities: false, problemRetryInterval: .milliseconds(20))
    }
}

/// A store, a client, and workers that come and go.
struct Fleet: Sendable {
    let store: any WorkflowStore
    let client: WorkflowClient
    let setup: Setup
    var coder = PayloadCoder()
    /// What the store was opened with, if it is Redis; for a test that opens it a second time.
    var redis: RedisStore.Configuration?

    /// Runs a worker while the body runs.
    func withWorker<Result: Sendable>(
        queues: [TaskQueue] = [.default],
        options: WorkerOptions? = nil,
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        telemetry: Telemetry = .off,
        @WorkerBuilder _ components: () -> [WorkerComponent],
        body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let worker = Worker(
            store: store,
            queues: queues,
            options: options ?? setup.options,
            coder: coder,
            logger: logger,
            telemetry: telemetry,
            components
        )
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                try await worker.run()
                return nil
            }
            group.addTask {
                try await worker.waitUntilReady()
                return try await body()
            }
            defer { group.cancelAll() }
            while let finished = try await group.next() {
                if let result = finished { return result }
            }
            throw CancellationError()
        }
    }
}

/// Runs a body against a fresh store.
///
/// - Parameters:
///   - lease: How long a worker may be silent.
///   - retention: How long finished instances are kept.
///   - continuedRetention: How long histories that were continued are kept.
///   - historyLimit: How many events a history may have.
///   - inboxLimit: How many inputs may wait for an instance.
func withFleet<Result: Sendable>(
    _ setup: Setup,
    lease: Duration = .seconds(10),
    retention: Duration = .seconds(3600),
    continuedRetention: Duration = .zero,
    historyLimit: Int = 50_000,
    inboxLimit: Int = 10_000,
    coder: PayloadCoder = PayloadCoder(),
    _ body: @escaping @Sendable (Fleet) async throws -> Result
) async throws -> Result {
    switch setup.backend {
    case .memory:
        let store = MemoryStore(
            leaseDuration: lease,
            retention: retention,
            historyLimit: historyLimit,
            inboxLimit: inboxLimit,
            continuedRetention: continuedRetention
        )
        return try await body(
            Fleet(store: store, client: WorkflowClient(store: store, coder: coder), setup: setup, coder: coder)
        )
    case .redis:
        // One server for the whole run; each fleet has keys of its own.
        var configuration = try RedisStore.Configuration(url: SharedRedis.server.get().storeURL)
        configuration.prefix = ExecutionID.random().rawValue
        configuration.partitions = setup.partitions
        configuration.leaseDuration = lease
        configuration.retention = retention
        configuration.continuedRetention = continuedRetention
        configuration.maximumHistoryLength = historyLimit
        configuration.maximumInboxLength = inboxLimit
        let store = try await RedisStore(configuration)
        let client = WorkflowClient(store: store, coder: coder)
        let fleet = Fleet(store: store, client: client, setup: setup, coder: coder, redis: configuration)
        do {
            let result = try await body(fleet)
            await store.shutdown()
            return result
        } catch {
            await store.shutdown()
            throw error
        }
    }
}

/// The server of this test process. It ends with it.
private enum SharedRedis {
    static let server = Result { try LocalRedis() }
}

/// Runs a body with one worker that knows the components.
func withFleet<Result: Sendable>(
    _ setup: Setup,
    @WorkerBuilder _ components: () -> [WorkerComponent],
    body: @escaping @Sendable (Fleet) async throws -> Result
) async throws -> Result {
    let components = components()
    return try await withFleet(setup) { fleet in
        try await fleet.withWorker({ components }, body: { try await body(fleet) })
    }
}

/// Waits until a condition holds; looks again each time the store may have moved.
func eventually(_ condition: () async throws -> Bool) async throws {
    let clock = ContinuousClock()
    let limit = clock.now + .seconds(60)
    while try await !condition() {
        guard clock.now < limit else { throw NeverHappened() }
        try await clock.sleep(for: .milliseconds(2))
    }
}

struct NeverHappened: Error {}

/// Runs a test on all set-ups at once, for tests that spend their time waiting for leases or limits to run out.
func onAllSetups(_ test: @escaping @Sendable (Setup) async throws -> Void) async {
    await withTaskGroup { group in
        for setup in Setup.all {
            group.addTask {
                do { try await test(setup) } catch { Issue.record(error, "on \(setup)") }
            }
        }
    }
}
