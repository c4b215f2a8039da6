import AloftCore
import AloftRedis
import RedisClient
import Testing

/// What is said about a server, given what it says about itself.
@Suite struct PreflightTests {
    static let now: Timestamp = Timestamp(milliseconds: 1_800_000_000_000)

    /// A server of which nothing is to be said.
    static let good: String = """
        # Server\r
        redis_version:7.0.15\r
        server_time_usec:1800000030000000\r
        used_memory:1000000\r
        maxmemory:0\r
        total_system_memory:8000000000\r
        maxmemory_policy:noeviction\r
        aof_enabled:1\r
        role:master\r
        connected_slaves:1\r
        slave0:ip=10.0.0.2,port=6379,state=online,offset=1,lag=0\r

        """
    static let log: [String: String] = [
        "appendonly": "yes", "appendfsync": "always", "no-appendfsync-on-rewrite": "no", "save": "",
    ]

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var info = ""
        var settings: [String: String] = [:]
        var hasWaitAOF = false
        var durability = RedisStore.Durability.asRedisIs
        var weight: Preflight.Finding.Weight?
        var risk: RedisStore.Risks?
        var message = ""

        init(_ name: String, _ change: (inout Case) -> Void) {
            testDescription = name
            change(&self)
        }
    }

    @Test(arguments: Self.servers + Self.durable)
    func whatIsSaid(of subject: Case) {
        // The last of two lines of a name counts.
        var facts = ServerFacts(
            info: Self.good + subject.info,
            settings: Self.log.merging(subject.settings) { $1 },
            localTime: Self.now
        )
        facts.hasWaitAOF = subject.hasWaitAOF
        let address = RedisAddress.tcp(host: "cache", port: 6379)
        let findings = Preflight(facts, durability: subject.durability, at: address).findings
        #expect(findings.map(\.message) == (subject.weight == nil ? [] : [subject.message]))
        #expect(findings.first?.weight == subject.weight)
        #expect(findings.first?.risk == subject.risk)
    }

    static let servers: [Case] = [
        Case("nothing to say") { _ in },
        Case("an old version") {
            $0.info = "redis_version:6.2.14"
            $0.weight = .refusal
            $0.message = "Redis at cache:6379 has version 6.2.14; Aloft needs Redis 7.0 or newer"
        },
        Case("Valkey") { $0.info = "server_name:valkey\r\nredis_version:7.2.4" },
        Case("a replica") {
            $0.info = "role:slave\r\nmaster_host:10.0.0.1\r\nmaster_port:6379"
            $0.weight = .refusal
            $0.message =
                "Redis at cache:6379 is a replica of 10.0.0.1:6379, which takes no writes; connect to its master"
        },
        Case("a node of a cluster") {
            $0.info = "cluster_enabled:1"
            $0.weight = .warning
            $0.message =
                "Redis at cache:6379 is a node of a Redis Cluster; a store uses the one node that it is given, which must hold "
                + "every slot of its keys, and does not follow them to another: use a single server, or one with Sentinel"
        },
        Case("eviction of all") {
            $0.settings = ["maxmemory-policy": "allkeys-lru"]
            $0.weight = .refusal
            $0.risk = .eviction
            $0.message =
                "Redis at cache:6379 has maxmemory-policy allkeys-lru and may delete running instances when its memory is full; "
                + "set it to noeviction, or accept .eviction"
        },
        Case("eviction of what expires, seen without CONFIG") {
            $0.info = "maxmemory_policy:volatile-ttl"
            $0.weight = .warning
            $0.risk = .eviction
            $0.message =
                "Redis at cache:6379 has maxmemory-policy volatile-ttl and may delete finished instances before their retention "
                + "has passed, when its memory is full; set it to noeviction, or accept .eviction"
        },
        Case("little below maxmemory") {
            $0.info = "used_memory:90000000\r\nmaxmemory:100000000"
            $0.weight = .warning
            $0.risk = .littleMemory
            $0.message =
                "Redis at cache:6379 uses 85 MiB of its maxmemory of 95 MiB; when that is full, new instances are refused: raise "
                + "maxmemory, shorten the retention, or accept .littleMemory"
        },
        Case("little memory in the machine") {
            $0.info = "used_memory:7000000000"
            $0.weight = .warning
            $0.risk = .littleMemory
            $0.message =
                "Redis at cache:6379 has no maxmemory and uses 6675 MiB of the 7629 MiB of its machine, which may kill it; set "
                + "maxmemory, shorten the retention, or accept .littleMemory"
        },
        Case("a clock that is slow") {
            $0.info = "server_time_usec:1799999939000000"
            $0.weight = .warning
            $0.risk = .clockDifference
            $0.message =
                "the clock of Redis at cache:6379 is 61 s behind the one here; nothing depends on the one here, but dates will "
                + "look odd: synchronise both, or accept .clockDifference"
        },
        Case("a clock that is fast") {
            $0.info = "server_time_usec:1800003600000000"
            $0.weight = .warning
            $0.risk = .clockDifference
            $0.message =
                "the clock of Redis at cache:6379 is 3600 s ahead of the one here; nothing depends on the one here, but dates "
                + "will look odd: synchronise both, or accept .clockDifference"
        },
        Case("a disk that fails") {
            $0.info = "rdb_last_bgsave_status:err"
            $0.weight = .warning
            $0.message =
                "Redis at cache:6379 could not write to its disk (rdb_last_bgsave_status is err) and may refuse writes; see its "
                + "log and its disk"
        },
        Case("nothing on disk") {
            $0.settings = ["appendonly": "no"]
            $0.weight = .warning
            $0.risk = .weakPersistence
            $0.message =
                "Redis at cache:6379 keeps nothing on disk: a restart loses every instance; set appendonly yes, or accept "
                + ".weakPersistence"
        },
        Case("snapshots only") {
            $0.settings = ["appendonly": "no", "save": "3600 1"]
            $0.weight = .warning
            $0.risk = .weakPersistence
            $0.message =
                "Redis at cache:6379 keeps snapshots only: a restart loses what is newer than the last one; set appendonly yes, "
                + "or accept .weakPersistence"
        },
    ]

    static let durable: [Case] = [
        Case("fsync, kept") { $0.durability = .fsync },
        Case("fsync without a log") {
            $0.durability = .fsync
            $0.settings = ["appendonly": "no"]
            $0.weight = .refusal
            $0.message =
                "Redis at cache:6379 has no append-only file, so nothing is on disk when it answers; set appendonly yes, "
                + "appendfsync always and no-appendfsync-on-rewrite no, or ask for less than Durability.fsync"
        },
        Case("fsync every second") {
            $0.durability = .fsync
            $0.settings = ["appendfsync": "everysec"]
            $0.weight = .refusal
            $0.message =
                "on Redis at cache:6379 appendfsync is everysec, so a write is not on disk when it answers (Redis 7.2 and newer "
                + "can wait for it; this one cannot); set appendonly yes, appendfsync always and no-appendfsync-on-rewrite no, or "
                + "ask for less than Durability.fsync"
        },
        Case("fsync every second, with WAITAOF") {
            $0.durability = .fsync
            $0.hasWaitAOF = true
            $0.settings = ["appendfsync": "everysec"]
            $0.weight = .warning
            $0.message =
                "on Redis at cache:6379 appendfsync is everysec, so every step waits up to a second for the disk; set "
                + "appendfsync always"
        },
        Case("fsync never, with WAITAOF") {
            $0.durability = .fsync
            $0.hasWaitAOF = true
            $0.settings = ["appendfsync": "no"]
            $0.weight = .refusal
            $0.message =
                "on Redis at cache:6379 appendfsync is no, so a write is not on disk when it answers; set appendonly yes, "
                + "appendfsync always and no-appendfsync-on-rewrite no, or ask for less than Durability.fsync"
        },
        Case("fsync, not while it rewrites") {
            $0.durability = .fsync
            $0.settings = ["no-appendfsync-on-rewrite": "yes"]
            $0.weight = .refusal
            $0.message =
                "on Redis at cache:6379 no-appendfsync-on-rewrite is yes, so a write is not on disk when it answers (Redis 7.2 "
                + "and newer can wait for it; this one cannot); set appendonly yes, appendfsync always and "
                + "no-appendfsync-on-rewrite no, or ask for less than Durability.fsync"
        },
        Case("replicated, kept") { $0.durability = .replicated(1) },
        Case("replicated, with too few") {
            $0.durability = .replicated(2)
            $0.weight = .refusal
            $0.risk = .missingReplicas
            $0.message =
                "Redis at cache:6379 has 1 connected replica, and replicated(2) asks for 2; connect more, ask for fewer, or "
                + "accept .missingReplicas"
        },
        Case("a replica that is not up to date") {
            $0.durability = .replicated(1)
            $0.info = "slave0:ip=10.0.0.2,port=6379,state=wait_bgsave,offset=0,lag=0"
            $0.weight = .refusal
            $0.risk = .missingReplicas
            $0.message =
                "Redis at cache:6379 has 0 connected replicas, and replicated(1) asks for 1; connect more, ask for fewer, or "
                + "accept .missingReplicas"
        },
        Case("replicated, with nothing on disk") {
            $0.durability = .replicated(1)
            $0.settings = ["appendonly": "no"]
            $0.weight = .refusal
            $0.risk = .weakPersistence
            $0.message =
                "Redis at cache:6379 keeps nothing on disk: a restart loses every instance, and then its replicas lose them, "
                + "too; set appendonly yes, or accept .weakPersistence"
        },
    ]

    @Test func whatIsNotShownIsNotTakenForGood() {
        let facts = ServerFacts(localTime: Self.now)
        let address = RedisAddress.tcp(host: "cache", port: 6379)
        func findings(_ durability: RedisStore.Durability) -> [Preflight.Finding] {
            Preflight(facts, durability: durability, at: address).findings
        }
        #expect(findings(.asRedisIs).isEmpty)
        let fsync = findings(.fsync)
        #expect(
            fsync.map(\.message) == [
                "Redis at cache:6379 does not show whether each write is on disk when it answers (CONFIG GET does not show "
                    + "appendonly and appendfsync); allow this user CONFIG GET, or accept .unverifiedDurability"
            ]
        )
        let replicated = findings(.replicated(1))
        #expect(
            replicated.map(\.message) == [
                "Redis at cache:6379 does not show its replicas, and replicated(1) asks for 1; allow this user INFO, or accept "
                    + ".unverifiedDurability"
            ]
        )
        #expect((fsync + replicated).allSatisfy { $0.weight == .refusal && $0.risk == .unverifiedDurability })
    }

    @Test func theBarrierIsTheCheapestThatWillDo() {
        var facts = ServerFacts(info: Self.good, settings: Self.log, localTime: Self.now)
        let address = RedisAddress.tcp(host: "cache", port: 6379)
        func preflight(_ durability: RedisStore.Durability) -> Preflight {
            Preflight(facts, durability: durability, at: address)
        }
        facts.hasWaitAOF = true
        #expect(preflight(.asRedisIs).barrier == nil && preflight(.asRedisIs).checks.isEmpty)
        #expect(preflight(.replicated(2)).barrier == .replicas(2))
        // The server does it by itself, as long as its settings stay as they are.
        #expect(preflight(.fsync).barrier == nil && preflight(.fsync).checks.count == 1)
        facts.settings["appendfsync"] = "everysec"
        #expect(preflight(.fsync).barrier == .disk && preflight(.fsync).checks.isEmpty)
    }

    @Test func barriersAreMetByTheirReplies() throws {
        #expect(Barrier.replicas(2).command(timeout: .seconds(5)) == RedisCommand("WAIT", 2, 5_000))
        // 0 would be for ever.
        #expect(Barrier.replicas(1).command(timeout: .microseconds(1)) == RedisCommand("WAIT", 1, 1))
        #expect(Barrier.disk.command(timeout: .seconds(5)) == RedisCommand("WAITAOF", 1, 0, 5_000))
        #expect(try Barrier.replicas(2).shortfall(in: .integer(2)) == nil)
        #expect(try Barrier.replicas(2).shortfall(in: .integer(3)) == nil)
        #expect(try Barrier.replicas(2).shortfall(in: .integer(1)) == "1 of 2 replicas had it")
        #expect(try Barrier.disk.shortfall(in: .array([.integer(1), .integer(0)])) == nil)
        #expect(try Barrier.disk.shortfall(in: .array([.integer(0), .integer(3)])) == "it was not on disk")
        let refusal = RedisValue.error(RedisServerError(message: "ERR WAITAOF cannot be used"))
        #expect(throws: RedisError.self) { try Barrier.disk.shortfall(in: refusal) }
        #expect(throws: RedisError.self) { try Barrier.replicas(1).shortfall(in: refusal) }
    }
}
