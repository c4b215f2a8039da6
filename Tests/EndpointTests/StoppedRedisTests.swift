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
            configuration.leaseDuration = .seconds(1)
            configuration.pollDuration = .milliseconds(200)
            configuration.retryDuration = .milliseconds(500)
            let store = try await RedisStore(configuration, logger: quiet)
            let worker = Worker(store: store, logger: quiet) { Patient.self }
            let run = Task { try await worker.run() }
            try await worker.waitUntilReady()
            #expect(worker.health.isReady)
            // Many beats and polls later it is still well.
            try await eventually("the heartbeat goes on by itself") {
                let age = worker.health.heartbeatAge ?? .zero
                try await Task.sleep(for: .milliseconds(300))
                return (worker.health.heartbeatAge ?? .seconds(1)) < age + .milliseconds(300)
            }
            #expect(worker.health.isReady)

            server.freeze()
            try await eventually("it is ill") { !worker.health.isHealthy }
            #expect(!worker.health.isReady)
            #expect(worker.health.reasons.contains { $0.contains("no heartbeat") })
            try await Task.sleep(for: .milliseconds(100))
            #expect(!worker.health.isHealthy, "it stays so while nothing changes")

            server.thaw()
            try await eventually("it is well again") { worker.health.isReady }
            run.cancel()
            try await run.value
            await store.shutdown()
        }
    }
}
