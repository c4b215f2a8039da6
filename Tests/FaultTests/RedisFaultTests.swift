import Aloft
import AloftRedis
import LocalRedis
import RedisClient
import Testing

/// What a fleet under load makes of the faults of one server.
@Suite(.serialized) struct RedisFaultTests {
    @Test(
        "Redis is killed and comes back with its AOF: nothing that was acknowledged is lost",
        arguments: [RedisStore.Durability.asRedisIs, .fsync]
    )
    func restart(durability: RedisStore.Durability) async throws {
        var setup = FaultSetup(server: LocalRedisOptions(persistence: .aofAlways))
        setup.change = { $0.durability = durability }
        try await withFaultyFleet(setup) { fleet in
            try await fleet.survive {
                fleet.server.kill()
                try fleet.server.restart()
                try await fleet.load.reach(0.7)
                try fleet.server.restart()
            }
            #expect(!fleet.hasLostALease)
            #expect(fleet.log.lines(with: "have gone back").isEmpty)
        }
    }

    @Test("Every connection is killed, again and again")
    func clientKill() async throws {
        try await withFaultyFleet { fleet in
            try await fleet.survive(at: 0.1) {
                for _ in 0..<20 {
                    let before = fleet.load.ledger.total
                    try await fleet.run("CLIENT", "KILL", "TYPE", "normal")
                    try await fleet.run("CLIENT", "KILL", "TYPE", "pubsub")
                    try await eventually("work goes on") {
                        fleet.load.ledger.total > before || fleet.load.ledger.count == fleet.load.activities
                    }
                }
            }
            #expect(!fleet.hasLostALease)
        }
    }

    @Test("Scripts and functions are forgotten, again and again")
    func scriptFlush() async throws {
        try await withFaultyFleet { fleet in
            try await fleet.survive(at: 0.1) {
                try await fleet.run("FUNCTION", "FLUSH")
                while fleet.load.ledger.count < fleet.load.activities { try await fleet.run("SCRIPT", "FLUSH") }
            }
            #expect(fleet.log.lines(with: "NOSCRIPT").isEmpty)
        }
    }

    /// - Parameter lease: Longer than the sleep: nobody loses anything. Shorter: everybody starts over.
    @Test("The server stands still", arguments: [4_000, 600])
    func debugSleep(lease: Int) async throws {
        var setup = FaultSetup(server: LocalRedisOptions(extraArguments: ["--enable-debug-command", "yes"]))
        setup.change = { $0.leaseDuration = .milliseconds(lease) }
        try await withFaultyFleet(setup) { fleet in
            try await fleet.survive { try await fleet.run("DEBUG", "SLEEP", "1") }
            #expect(fleet.hasLostALease == (lease < 1_000))
        }
    }

    @Test("Connections go silent without being closed")
    func halfOpen() async throws {
        var setup = FaultSetup(isBehindProxy: true)
        setup.change = { $0.redis.commandTimeout = .milliseconds(300) }
        try await withFaultyFleet(setup) { fleet in
            try await fleet.survive { fleet.proxy?.stall() }
            #expect(!fleet.hasLostALease)
        }
    }

    @Test("The server loads its data for a while")
    func loading() async throws {
        var options = LocalRedisOptions(persistence: .aofAlways, extraArguments: ["--key-load-delay", "400"])
        options.extraArguments += ["--loading-process-events-interval-bytes", "1024"]
        try await withFaultyFleet(FaultSetup(server: options)) { fleet in
            let fill = "for i = 1, 1000 do redis.call('SET', 'filler:' .. i, string.rep('x', 40)) end"
            try await fleet.run("EVAL", RedisArgument(fill), 0)
            try await fleet.run("BGREWRITEAOF")
            try await eventually {
                let info = try await fleet.run("INFO", "persistence").string
                return info.contains("aof_rewrite_in_progress:0") && info.contains("aof_rewrite_scheduled:0")
            }
            try await fleet.survive {
                fleet.server.kill()
                let restarting = Task.detached { try fleet.server.restart() }
                try await eventually("it says that it loads") {
                    do {
                        // A command would wait for the connection.
                        try await fleet.admin.connect()
                        return false
                    } catch let error as RedisError {
                        return error.serverCode == "LOADING"
                    }
                }
                try await restarting.value
            }
            #expect(!fleet.hasLostALease)
        }
    }

    @Test("Memory is full: starts are refused, running work and requests to cancel go through")
    func fullMemory() async throws {
        try await withFaultyFleet { fleet in
            let idle = try await fleet.client.start(Listener.self, 1, id: "idle")
            try await fleet.load.start(with: fleet.client)
            try await fleet.load.reach(0.3)
            try await fleet.run("CONFIG", "SET", "maxmemory", "1")
            let error = await #expect(throws: StoreError.self) {
                try await fleet.client.start(Chain.self, 1, id: "refused")
            }
            #expect(error?.code == .unavailable && error?.message.contains("maxmemory") == true)
            try await idle.cancel(reason: "no room")
            _ = await #expect(throws: WorkflowError.self) { try await idle.result() }
            try await fleet.finish()
            try await fleet.run("CONFIG", "SET", "maxmemory", "0")
            let sum = try await fleet.client.start(Chain.self, 2, id: "accepted").result()
            #expect(sum == 3)
        }
    }

    @Test("Everything is flushed: that is said loudly, nobody spins, and new work is served at once")
    func flushAll() async throws {
        var setup = FaultSetup()
        // Nobody may wait for the next heartbeat.
        setup.change = { $0.leaseDuration = .seconds(60) }
        try await withFaultyFleet(setup) { fleet in
            try await fleet.load.start(with: fleet.client)
            let waiting = fleet.client.handle("naps-0", of: Naps.self)
            let waiter = Task { try await waiting.result() }
            try await fleet.load.reach(0.3)
            try await fleet.run("FLUSHALL")
            try await fleet.run("CONFIG", "RESETSTAT")
            let begun = ContinuousClock.now
            let sum = try await insist { try await fleet.client.start(Chain.self, 2, id: "new").result() }
            #expect(sum == 3)
            #expect(ContinuousClock.now - begun < .seconds(2))
            #expect(!fleet.log.lines(with: "critical: everything under the prefix").isEmpty)
            // Whoever waits for what is gone is told, if it was not done by then.
            let error = await #expect(throws: StoreError.self) { try await waiter.value }
            #expect(error?.code == .instanceNotFound)
            let calls = try await fleet.run("INFO", "stats").string.split(whereSeparator: \.isNewline)
                .first { $0.hasPrefix("total_commands_processed:") }
            let count = calls.flatMap { Int($0.split(separator: ":")[1]) } ?? .max
            #expect(count < 3_000, "nobody spins")
        }
    }
}
