import AloftCore
import AloftRedis
import LocalRedis
import Logging
import RedisClient
import Testing

/// A private server, a store on it, and a client that looks behind the store's back.
struct Bench: Sendable {
    let server: LocalRedis
    let store: RedisStore
    let redis: RedisClient

    func integer(_ name: String, _ arguments: RedisArgument...) async throws -> Int {
        try await redis.send(RedisCommand(arguments: [RedisArgument(name)] + arguments)).int
    }

    func text(_ name: String, _ arguments: RedisArgument...) async throws -> String? {
        try await redis.send(RedisCommand(arguments: [RedisArgument(name)] + arguments)).nonNull?.string
    }

    @discardableResult
    func run(_ name: String, _ arguments: RedisArgument...) async throws -> RedisValue {
        try await redis.send(RedisCommand(arguments: [RedisArgument(name)] + arguments))
    }

    var keyCount: Int { get async throws { try await integer("DBSIZE") } }

    /// How many entries of a stream are in somebody's hands.
    func pending(_ stream: String) async throws -> Int {
        try await run("XPENDING", RedisArgument(stream), "g").array[0].int
    }

    /// Makes a worker look as if it had been silent since 1970.
    func silence(_ worker: WorkerID) async throws {
        try await run("ZADD", "{aloft:0}:workers", 1, RedisArgument(worker.rawValue))
    }
}

let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

/// What differs from the usual server and the usual store.
struct BenchSetup {
    var options: LocalRedisOptions
    var change: (inout RedisStore.Configuration) -> Void

    static func with(_ change: @escaping (inout RedisStore.Configuration) -> Void) -> BenchSetup {
        BenchSetup(options: LocalRedisOptions(), change: change)
    }

    static func server(
        _ options: LocalRedisOptions,
        _ change: @escaping (inout RedisStore.Configuration) -> Void = { _ in }
    ) -> BenchSetup {
        BenchSetup(options: options, change: change)
    }
}

func withBench<Result>(
    _ setup: BenchSetup = .server(LocalRedisOptions()),
    _ body: (Bench) async throws -> Result
) async throws -> Result {
    let server = try LocalRedis(setup.options)
    defer { server.stop() }
    var configuration = try RedisStore.Configuration(url: server.storeURL)
    configuration.pollDuration = .milliseconds(200)
    configuration.retryDuration = .seconds(2)
    setup.change(&configuration)
    let store = try await RedisStore(configuration, logger: quiet)
    let redis = RedisClient(configuration.redis.behindTheBack(of: server), logger: quiet)
    do {
        let result = try await body(Bench(server: server, store: store, redis: redis))
        await store.shutdown()
        await redis.shutdown()
        return result
    } catch {
        await store.shutdown()
        await redis.shutdown()
        throw error
    }
}

extension RedisConfiguration {
    /// The same, as the user who may do everything, whoever the store is.
    func behindTheBack(of server: LocalRedis) -> RedisConfiguration {
        guard server.storeUser != nil else { return self }
        var settings = self
        settings.username = nil
        settings.password = nil
        return settings
    }
}

/// Waits until a condition holds; fails after ten seconds.
func eventually(
    _ what: Comment,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + .seconds(10)
    while try await !condition() {
        try #require(ContinuousClock.now < end, what, sourceLocation: sourceLocation)
        try await Task.sleep(for: .milliseconds(2))
    }
}

func payload(_ text: String) -> Payload { Payload(bytes: Array(text.utf8), encoding: .json) }

extension InstanceStart {
    static func sample(_ id: InstanceID, input: String = "in", retention: Duration? = nil) -> InstanceStart {
        InstanceStart(instance: id, workflow: "Sample", input: payload(input), retention: retention)
    }
}

func expectStoreError(
    _ code: StoreError.Code,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Void
) async -> StoreError? {
    do {
        try await body()
        Issue.record("nothing was thrown", sourceLocation: sourceLocation)
    } catch let error as StoreError {
        #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
        return error
    } catch {
        Issue.record("\(error) was thrown", sourceLocation: sourceLocation)
    }
    return nil
}
