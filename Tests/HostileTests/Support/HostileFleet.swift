import Aloft
import AloftRedis
import LocalRedis
import Logging
import RedisClient
import Testing

/// A private server, a store on it, and a client that does behind the store's back what nobody should.
struct HostileFleet: Sendable {
    let server: LocalRedis
    let configuration: RedisStore.Configuration
    let store: RedisStore
    let client: WorkflowClient
    let redis: RedisClient
    let log: LogRecorder

    func key(_ rest: String) -> String { "{\(configuration.prefix):0}:\(rest)" }

    @discardableResult
    func run(_ words: RedisArgument...) async throws -> RedisValue { try await run(words: words) }

    @discardableResult
    func run(words: [RedisArgument]) async throws -> RedisValue {
        try await redis.send(RedisCommand(arguments: words))
    }

    func integer(_ words: RedisArgument...) async throws -> Int {
        try await redis.send(RedisCommand(arguments: words)).int
    }

    /// Lets everything be due now.
    func hasten() async throws {
        let due = RedisArgument(key("due"))
        for member in try await run("ZRANGE", due, 0, -1).array {
            try await run("ZADD", due, "XX", 1, RedisArgument(try member.bytes))
        }
    }

    /// The findings of a whole audit.
    func audit(repair: Bool = false) async throws -> [AuditFinding] {
        try await client.audit(repair: repair).report().findings
    }

    /// Runs a worker while the body runs.
    func withWorker(
        _ components: [WorkerComponent],
        _ options: WorkerOptions = .hasty,
        queues: [TaskQueue] = [.default],
        body: @escaping @Sendable () async throws -> Void
    ) async throws {
        let worker = Worker(store: store, queues: queues, options: options, logger: log.logger) { components }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await worker.run()
                return false
            }
            group.addTask {
                try await worker.waitUntilReady()
                try await body()
                return true
            }
            defer { group.cancelAll() }
            let isBody = try await group.next() ?? false
            try #require(isBody, "the worker has ended by itself")
        }
    }
}

extension WorkerOptions {
    /// Tries again soon.
    static let hasty = WorkerOptions(gracePeriod: .seconds(1), problemRetryInterval: .milliseconds(50))
    /// The same, and every task reads the whole history.
    static let cold = WorkerOptions(
        maximumResidents: 0,
        gracePeriod: .seconds(1),
        problemRetryInterval: .milliseconds(50)
    )
}

func withHostileFleet(
    _ change: (inout RedisStore.Configuration) -> Void = { _ in },
    _ body: @escaping @Sendable (HostileFleet) async throws -> Void
) async throws {
    let server = try LocalRedis()
    defer { server.stop() }
    var configuration = try RedisStore.Configuration(url: server.url)
    configuration.pollDuration = .milliseconds(50)
    configuration.retryDuration = .seconds(2)
    change(&configuration)
    let log = LogRecorder()
    let store = try await RedisStore(configuration, logger: log.logger)
    let redis = RedisClient(configuration.redis, logger: quiet)
    let fleet = HostileFleet(
        server: server,
        configuration: configuration,
        store: store,
        client: WorkflowClient(store: store),
        redis: redis,
        log: log
    )
    do {
        try await body(fleet)
        await store.shutdown()
        await redis.shutdown()
    } catch {
        await store.shutdown()
        await redis.shutdown()
        throw error
    }
}

let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

/// Waits until a condition holds; fails after half a minute.
func eventually(
    _ what: Comment,
    sourceLocation: Testing.SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + .seconds(30)
    while try await !condition() {
        try #require(ContinuousClock.now < end, what, sourceLocation: sourceLocation)
        try await Task.sleep(for: .milliseconds(5))
    }
}
