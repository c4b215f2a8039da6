import Aloft
import AloftRedis
import LocalRedis
import RedisClient
import Testing

/// A replica takes the place of the server: by hand, as Sentinel would.
@Suite(.serialized) struct FailoverTests {
    private static var setup: FaultSetup {
        let options = LocalRedisOptions(tcp: true, extraArguments: ["--repl-diskless-sync-delay", "0"])
        return FaultSetup(server: options, isBehindProxy: true, hasReplica: true)
    }

    /// The replica and a client of it, once it follows.
    private func replica(of fleet: FaultyFleet) async throws -> (LocalRedis, RedisClient) {
        let replica = try #require(fleet.replica)
        let admin = RedisClient(try RedisConfiguration(url: replica.url), logger: fleet.log.logger)
        try await eventually("the replica follows") {
            try await admin.send(RedisCommand("INFO", "replication")).string.contains("master_link_status:up")
        }
        return (replica, admin)
    }

    /// The connections to the demoted server stay open, and it answers: with READONLY to whoever writes.
    @Test("The server becomes a replica of nobody that can be reached")
    func readOnly() async throws {
        try await withFaultyFleet(Self.setup) { fleet in
            let (replica, admin) = try await replica(of: fleet)
            let late = try await fleet.client.start(Listener.self, 1, id: "late")
            // Its client does nothing but wait, at a server that will never hear of its end.
            let waiter = Task { try await late.result() }
            try await fleet.load.start(with: fleet.client)
            try await fleet.load.reach(0.4)
            // Writes of this moment are all with the replica before it takes over.
            try await fleet.run("CLIENT", "PAUSE", "10000", "WRITE")
            let offset = try await masterOffset(fleet.admin)
            try await eventually("the replica has it all") { try await masterOffset(admin) >= offset }
            _ = try await admin.send(RedisCommand("REPLICAOF", "NO", "ONE"))
            fleet.proxy?.lead(to: replica)
            try await fleet.run("REPLICAOF", "127.0.0.1", "1")
            try await fleet.run("CLIENT", "UNPAUSE")
            try await fleet.finish()
            try await late.signal(Listener.number, 7, id: "7")
            let numbers = try await waiter.value
            #expect(numbers == [7])
            #expect(!fleet.hasLostALease)
            await admin.shutdown()
        }
    }

    /// The replica was promoted while the old server still took writes. What was started before is there and has to come to
    /// its end, also where the replica believes that a worker, which lives, has work in hand that it has ended long since.
    @Test("A replica without the last writes is promoted: instances go back, are named, and finish")
    func lostWrites() async throws {
        try await withFaultyFleet(Self.setup) { fleet in
            let (replica, admin) = try await replica(of: fleet)
            let late = try await fleet.client.start(Listener.self, 2, id: "late")
            try await eventually("it listens") { try await late.state().historyLength > 0 }
            let length = try await late.state().historyLength
            try await fleet.load.start(with: fleet.client)
            try await fleet.replicate()
            try await fleet.load.reach(0.2)
            _ = try await admin.send(RedisCommand("REPLICAOF", "NO", "ONE"))
            try await late.signal(Listener.number, 1, id: "lost")
            try await eventually("it is recorded") { try await late.state().historyLength > length }
            try await fleet.load.reach(0.6)
            fleet.proxy?.lead(to: replica)
            fleet.server.kill()
            try await fleet.finish()
            try await eventually("it is said which went back") {
                fleet.log.lines(with: "have gone back").contains { $0.contains("late (\(length) of ") }
            }
            for number in 1...2 { try await late.signal(Listener.number, number, id: "\(number)") }
            let numbers = try await late.result()
            #expect(numbers == [1, 2])
            #expect(!fleet.hasLostALease)
            await admin.shutdown()
        }
    }

    /// Writes that were acknowledged are with the replica, which takes the place of a server that is gone for good.
    @Test("With Durability.replicated nothing that was acknowledged is lost with the server")
    func replicated() async throws {
        var setup = Self.setup
        setup.change = {
            $0.durability = .replicated(1)
            $0.durabilityTimeout = .milliseconds(300)
            $0.accepts = [.weakPersistence, .missingReplicas]
            $0.leaseDuration = .seconds(10)
        }
        try await withFaultyFleet(setup) { fleet in
            let (replica, admin) = try await replica(of: fleet)
            async let starting: Void = fleet.load.start(with: fleet.client)
            try await fleet.load.reach(0.3)
            fleet.server.kill()
            _ = try await admin.send(RedisCommand("REPLICAOF", "NO", "ONE"))
            fleet.proxy?.lead(to: replica)
            // Without another replica nothing would count any more.
            let port = try #require(replica.port)
            let options = LocalRedisOptions(extraArguments: ["--replicaof", "127.0.0.1 \(port)"])
            let next = try LocalRedis(options)
            try await starting
            try await fleet.finish()
            #expect(fleet.log.lines(with: "have gone back").isEmpty)
            await admin.shutdown()
            try await fleet.settle()
            next.stop()
        }
    }

    private func masterOffset(_ client: RedisClient) async throws -> Int {
        let lines = try await client.send(RedisCommand("INFO", "replication")).string.split(whereSeparator: \.isNewline)
        let name = lines.contains("role:master") ? "master_repl_offset:" : "slave_repl_offset:"
        return lines.first { $0.hasPrefix(name) }.flatMap { Int($0.dropFirst(name.count)) } ?? -1
    }
}
