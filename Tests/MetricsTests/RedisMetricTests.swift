import Aloft
import AloftRedis
import LocalRedis
import Logging
import MetricsTestKit
import RedisClient
import Testing

/// What a store tells of Redis.
@Suite struct RedisMetricTests {
    struct Idle: Workflow {
        func run(_ context: WorkflowContext) async throws {}
    }

    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    static func withStore(
        _ metrics: TestMetrics,
        _ body: (RedisStore, RedisClient) async throws -> Void
    ) async throws {
        try await withLocalRedis { redis in
            var configuration = try RedisStore.Configuration(url: redis.url)
            configuration.metrics = metrics
            let store = try await RedisStore(configuration, logger: logger)
            let other = RedisClient(try RedisConfiguration(url: redis.url), logger: logger)
            do {
                try await body(store, other)
            } catch {
                Issue.record(error)
            }
            await other.shutdown()
            await store.shutdown()
        }
    }

    @Test("Round trips and how long calls take")
    func roundTrips() async throws {
        let metrics = TestMetrics()
        try await Self.withStore(metrics) { store, _ in
            let before = metrics.count("aloft_redis_round_trips_total")
            let calls = metrics.times("aloft_redis_call_duration_seconds").count
            let client = WorkflowClient(store: store)
            for _ in 0..<5 { try await client.start(Idle.self) }
            #expect(metrics.times("aloft_redis_call_duration_seconds").count == calls + 5)
            // A script that the server has not seen yet is sent once more, in full.
            let trips = metrics.count("aloft_redis_round_trips_total") - before
            #expect((5...7).contains(trips))
        }
    }

    @Test("Errors by the first word of Redis'")
    func errors() async throws {
        let metrics = TestMetrics()
        try await Self.withStore(metrics) { store, other in
            let client = WorkflowClient(store: store)
            let handle = try await client.start(Idle.self, id: "i")
            _ = try await other.send(RedisCommand("SCRIPT", "FLUSH"))
            try await handle.cancel()
            #expect(metrics.count("aloft_redis_errors_total", ["error": "NOSCRIPT"]) >= 1)
        }
    }

    @Test("Connections that are made again are counted; the first is not")
    func reconnects() async throws {
        let metrics = TestMetrics()
        try await Self.withStore(metrics) { store, other in
            let client = WorkflowClient(store: store)
            try await client.start(Idle.self)
            #expect(metrics.count("aloft_redis_reconnects_total") == 0)
            _ = try await other.send(RedisCommand("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"))
            try await eventually {
                _ = try await client.start(Idle.self)
                return metrics.count("aloft_redis_reconnects_total") >= 1
            }
        }
    }
}
