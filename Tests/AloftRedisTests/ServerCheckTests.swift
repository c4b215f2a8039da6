import AloftCore
import AloftRedis
import LocalRedis
import Logging
import RedisClient
import Testing

/// What connecting says about real servers.
@Suite struct ServerCheckTests {
    static let safe = LocalRedisOptions(persistence: .aofAlways)

    /// - Returns: The warnings.
    @discardableResult
    static func connect(
        to server: LocalRedis,
        _ change: (inout RedisStore.Configuration) -> Void = { _ in }
    ) async throws -> [String] {
        var settings = try RedisStore.Configuration(url: server.storeURL)
        change(&settings)
        let lines = LogLines()
        await (try await RedisStore(settings, logger: lines.logger)).shutdown()
        return lines.warnings
    }

    static func run(_ server: LocalRedis, _ words: RedisArgument...) async throws {
        let client = RedisClient(try RedisConfiguration(url: server.url), logger: quiet)
        _ = try await client.send(RedisCommand(arguments: words))
        await client.shutdown()
    }

    @Test func aGoodServerIsTakenWithoutAWord() async throws {
        try await withLocalRedis(Self.safe) { server in
            for durability in [RedisStore.Durability.asRedisIs, .fsync] {
                let warnings = try await Self.connect(to: server) { $0.durability = durability }
                #expect(warnings.isEmpty)
            }
        }
    }

    @Test func aServerWithoutADiskIsDoubtful() async throws {
        try await withLocalRedis { server in
            let warnings = try await Self.connect(to: server)
            #expect(
                warnings.count == 1 && warnings[0].contains("keeps nothing on disk: a restart loses every instance")
            )
            #expect(try await Self.connect(to: server) { $0.accepts = .weakPersistence }.isEmpty)
            try await Self.run(server, "CONFIG", "SET", "save", "3600 1")
            let snapshots = try await Self.connect(to: server)
            #expect(snapshots.count == 1 && snapshots[0].contains("keeps snapshots only"))
        }
    }

    @Test func whatIsAcceptedIsStillSaid() async throws {
        try await withLocalRedis(Self.safe) { server in
            try await Self.run(server, "CONFIG", "SET", "maxmemory-policy", "allkeys-lfu")
            let error = await expectStoreError(.misconfigured) { try await Self.connect(to: server) }
            #expect(error?.message.contains("allkeys-lfu") == true)
            let warnings = try await Self.connect(to: server) { $0.accepts = .eviction }
            #expect(warnings.count == 1 && warnings[0].contains("allkeys-lfu"))
            try await Self.run(server, "CONFIG", "SET", "maxmemory-policy", "volatile-lru")
            let doubts = try await Self.connect(to: server)
            #expect(doubts.count == 1 && doubts[0].contains("before their retention"))
            #expect(try await Self.connect(to: server) { $0.acceptsEviction = true }.isEmpty)
        }
    }

    @Test func everythingThatHasToChangeIsToldAtOnce() async throws {
        let options = LocalRedisOptions(extraArguments: ["--maxmemory-policy", "allkeys-lru"])
        try await withLocalRedis(options) { server in
            let error = await expectStoreError(.misconfigured) {
                try await Self.connect(to: server) { $0.durability = .replicated(1) }
            }
            for part in ["allkeys-lru", "its replicas lose them, too", "has 0 connected replicas"] {
                #expect(error?.message.contains(part) == true)
            }
        }
    }

    @Test func littleMemoryIsDoubtful() async throws {
        try await withLocalRedis(Self.safe) { server in
            try await Self.run(server, "CONFIG", "SET", "maxmemory", 1_000)
            let warnings = try await Self.connect(to: server)
            #expect(warnings.count == 1 && warnings[0].contains("of its maxmemory of 0 KiB"))
            #expect(try await Self.connect(to: server) { $0.accepts = .littleMemory }.isEmpty)
        }
    }

    @Test func aReplicaIsRefused() async throws {
        try await withReplica { master, replica in
            let error = await expectStoreError(.misconfigured) { try await Self.connect(to: replica) }
            let port = master.port.map { "\($0)" } ?? "?"
            #expect(error?.message.contains("is a replica of 127.0.0.1:\(port), which takes no writes") == true)
        }
    }

    @Test func fsyncNeedsAServerThatDoesIt() async throws {
        try await withLocalRedis { server in
            let error = await expectStoreError(.misconfigured) {
                try await Self.connect(to: server) { $0.durability = .fsync }
            }
            #expect(error?.message.contains("has no append-only file") == true)
        }
        try await withLocalRedis(LocalRedisOptions(persistence: .aofEverysec)) { server in
            let warnings: [String]
            do {
                warnings = try await Self.connect(to: server) { $0.durability = .fsync }
            } catch let error as StoreError {
                // Before Redis 7.2.
                warnings = [error.message]
                #expect(
                    error.code == .misconfigured && error.message.contains("set appendonly yes, appendfsync always")
                )
            }
            #expect(warnings.count == 1 && warnings[0].contains("appendfsync is everysec"))
        }
    }

    @Test func usersWithFewRightsAreTaken() async throws {
        try await withLocalRedis(Self.safe) { server in
            try await Self.run(
                server,
                "ACL",
                "SETUSER",
                "plain",
                "on",
                ">secret",
                "~*",
                "&*",
                "+@all",
                "-config",
                "-info"
            )
            func connect(_ durability: RedisStore.Durability, accepting risks: RedisStore.Risks) async throws
                -> [String]
            {
                try await Self.connect(to: server) {
                    $0.redis.username = "plain"
                    $0.redis.password = "secret"
                    $0.durability = durability
                    $0.accepts = risks
                }
            }
            #expect(try await connect(.asRedisIs, accepting: []).isEmpty)
            for durability in [RedisStore.Durability.fsync, .replicated(1)] {
                let error = await expectStoreError(.misconfigured) { _ = try await connect(durability, accepting: []) }
                #expect(error?.message.contains("accept .unverifiedDurability") == true)
                let warnings = try await connect(durability, accepting: .unverifiedDurability)
                #expect(warnings.count == 1 && warnings[0].contains("does not show"))
            }
        }
    }
}
