import Aloft
import AloftRedis
import LocalRedis
import Logging
import Testing

/// What a worker says of itself while its Redis does not answer.
@Suite(.timeLimit(.minutes(2)))
struct StoppedRedisTests {
    @Test("A worker is ill while Redis stands still for longer than the lease, and well again by itself afterwards")
    func frozen() async throws {
        try await withLocalRedis { server in
            var configuration = try RedisStore.Configuration(url: server.url)
            configuration.leaseDuration = .seconds(2)
            configuration.pollDuration = .milliseconds(200)
            configuration.retryDuration = .milliseconds(500)
            let store = try await RedisStore(configuration, logger: quiet)
            let worker = Worker(store: store, logger: quiet) { Patient.self }
            let run = Task { try await worker.run() }
            try await worker.waitUntilReady()
            #expect(worker.health.isReady)
            var age = Duration.zero
            var beats = 0
            try await eventually("three heartbeats are confirmed: its age falls each time") {
                let now = try #require(worker.health.heartbeatAge)
                if now < age { beats += 1 }
                age = now
                return beats == 3
            }
            #expect(worker.health.isReady)

            server.freeze()
            try await eventually("it is ill") { !worker.health.isHealthy }
            #expect(!worker.health.isReady)
            #expect(worker.health.reasons.contains { $0.contains("no heartbeat") })

            server.thaw()
            try await eventually("it is well again") { worker.health.isReady }
            run.cancel()
            try await run.value
            await store.shutdown()
        }
    }
}
