import Aloft
import AloftRedis
import LocalRedis
import RedisClient
import Testing

/// Sentinels watch over the server, and stores ask them where it is.
@Suite(.serialized) struct SentinelTests {
    enum Cause { case death, wish }

    /// On a wish the old master lives on as a replica: whoever still writes to it is told READONLY.
    @Test(
        "Sentinels make a replica the master: workers and clients follow, and all work ends",
        arguments: [Cause.death, .wish]
    )
    func failover(cause: Cause) async throws {
        let options = LocalRedisOptions(tcp: true, extraArguments: ["--repl-diskless-sync-delay", "0"])
        try await withFaultyFleet(FaultSetup(server: options, hasReplica: true, hasSentinels: true)) { fleet in
            let sentinels = try #require(fleet.sentinels)
            let late = try await fleet.client.start(Listener.self, 1, id: "late")
            // It does nothing but wait, at a server that will never hear of its end.
            let waiter = Task { try await late.result() }
            try await fleet.load.start(with: fleet.client)
            try await fleet.load.reach(0.3)
            try await fleet.replicate()
            switch cause {
            case .death: fleet.server.kill()
            case .wish: try await sentinels.failOver()
            }
            try await eventually("there is another master") { try await sentinels.masterPort() == fleet.replica?.port }
            try await fleet.finish()
            try await late.signal(Listener.number, 7, id: "7")
            let numbers = try await waiter.value
            #expect(numbers == [7])
        }
    }

    @Test("Sentinels that know no such master are named, with what they say")
    func unknownMaster() async throws {
        let options = LocalRedisOptions(tcp: true, extraArguments: ["--repl-diskless-sync-delay", "0"])
        try await withFaultyFleet(FaultSetup(server: options, workers: 0, hasReplica: true, hasSentinels: true)) {
            fleet in
            let url = try #require(fleet.sentinels?.url)
            var configuration = try RedisStore.Configuration(url: url + "x")
            configuration.redis.commandTimeout = .milliseconds(500)
            let error = await #expect(throws: StoreError.self) {
                _ = try await RedisStore(configuration, logger: fleet.log.logger)
            }
            #expect(error?.code == .unavailable)
            #expect(error?.message.contains("it knows no master of this name") == true, "\(error?.message ?? "")")
        }
    }
}
