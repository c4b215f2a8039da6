import Aloft
import AloftRedis
import Foundation
import LocalRedis
import Logging
import RedisClient
import Testing

/// A private server, several workers and a client, each with a store of its own, under a mixed load.
struct FaultyFleet: Sendable {
    let server: LocalRedis
    let proxy: FaultProxy?
    let replica: LocalRedis?
    let configuration: RedisStore.Configuration
    let client: WorkflowClient
    let store: RedisStore
    /// Looks behind the stores' back, directly.
    let admin: RedisClient
    let load: Load
    let sentinels: Sentinels?
    let log: LogRecorder

    @discardableResult
    func run(_ words: RedisArgument...) async throws -> RedisValue {
        try await admin.send(RedisCommand(arguments: words))
    }

    func integer(_ words: RedisArgument...) async throws -> Int {
        try await admin.send(RedisCommand(arguments: words)).int
    }

    /// Starts the load, applies a fault when a share of the activities has run, and waits for the right results.
    func survive(at share: Double = 0.4, _ fault: @Sendable () async throws -> Void) async throws {
        async let starting: Void = load.start(with: client)
        try await load.reach(share)
        try await fault()
        try await starting
        try await finish()
    }

    /// Waits for the right results of the load.
    func finish() async throws { try await load.check(with: client) }

    /// Waits until nothing is left but what has ended, and audits that. The end of every test.
    func settle() async throws {
        // Wherever the address leads by now.
        var settings = configuration.redis
        if server.storeUser != nil {
            settings.username = nil
            settings.password = nil
        }
        let redis = RedisClient(settings, logger: log.logger)
        do {
            try await eventually("nothing waits any more") { try await leftovers(redis).isEmpty }
        } catch {
            Issue.record("left: \(try await leftovers(redis))")
        }
        await redis.shutdown()
        try await expectSound(client)
    }

    /// Whatever waits somewhere.
    private func leftovers(_ redis: RedisClient) async throws -> [String] {
        let base = "{\(configuration.prefix):0}:"
        var found: [String] = []
        for key in try await redis.send(RedisCommand("KEYS", RedisArgument(base + "*"))).array {
            let name = try key.string
            let kind = name.dropFirst(base.count)
            if kind.hasPrefix("q:") || kind.hasPrefix("w:"),
                try await redis.send(RedisCommand("XLEN", RedisArgument(name))).int > 0
            {
                found.append(name)
            }
            if kind.hasPrefix("a:") || kind.hasPrefix("in:") || kind == "due" { found.append(name) }
        }
        return found
    }

    /// Returns when the replicas have everything that was written until now.
    func replicate() async throws {
        // The wait is for what its connection has written.
        try await run("SET", "mark", "1")
        let count = try await integer("WAIT", 1, 10_000)
        try #require(count > 0, "the replica has it all")
    }

    /// Whether a worker has lost its lease since the start.
    var hasLostALease: Bool { !log.lines(with: "the lease was lost").isEmpty }
}

/// What differs from the usual.
struct FaultSetup {
    var server = LocalRedisOptions()
    var workers = 3
    /// Whether stores reach the server through a proxy.
    var isBehindProxy = false
    /// Whether a second server follows the first, which has to listen on TCP then.
    var hasReplica = false
    /// Whether stores ask sentinels for the server, which needs a replica.
    var hasSentinels = false
    var load = Load()
    var change: (inout RedisStore.Configuration) -> Void = { _ in }
}

func withFaultyFleet(
    _ setup: FaultSetup = FaultSetup(),
    _ body: @escaping @Sendable (FaultyFleet) async throws -> Void
) async throws {
    let server = try LocalRedis(setup.server)
    defer { server.stop() }
    var replica: LocalRedis?
    if setup.hasReplica {
        let port = try #require(server.port)
        replica = try LocalRedis(
            LocalRedisOptions(
                tcp: true,
                extraArguments: ["--replicaof", "127.0.0.1 \(port)", "--repl-diskless-sync-delay", "0"]
            )
        )
    }
    // After the workers, which have to hand back what they hold.
    defer { replica?.stop() }
    let proxy = setup.isBehindProxy ? try await FaultProxy.start(to: server) : nil
    if let replica, setup.hasSentinels { try await follows(replica) }
    let sentinels = setup.hasSentinels ? try await Sentinels.start(for: server) : nil
    defer { sentinels?.stop() }
    let direct = try RedisStore.Configuration(url: server.url)
    var configuration = try RedisStore.Configuration(url: sentinels?.url ?? proxy?.url ?? server.url)
    if let user = server.storeUser {
        configuration.redis.username = user.name
        configuration.redis.password = user.password
    }
    configuration.leaseDuration = .seconds(4)
    configuration.pollDuration = .milliseconds(500)
    configuration.redis.keepAliveInterval = .milliseconds(200)
    setup.change(&configuration)
    let log = LogRecorder()
    let store = try await RedisStore(configuration, logger: log.logger)
    let admin = RedisClient(direct.redis, logger: log.logger)
    var stores = [store]
    for _ in 0..<setup.workers { stores.append(try await RedisStore(configuration, logger: log.logger)) }
    let fleet = FaultyFleet(
        server: server,
        proxy: proxy,
        replica: replica,
        configuration: configuration,
        client: WorkflowClient(store: store),
        store: store,
        admin: admin,
        load: setup.load,
        sentinels: sentinels,
        log: log
    )
    let workers = stores.dropFirst().map { store in
        Worker(store: store, logger: log.logger) { fleet.load.components }
    }
    do {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for worker in workers {
                group.addTask {
                    try await worker.run()
                    return false
                }
            }
            group.addTask {
                for worker in workers { try await worker.waitUntilReady() }
                try await body(fleet)
                try await fleet.settle()
                return true
            }
            while let isBody = try await group.next() {
                if isBody { break }
                Issue.record("a worker has ended")
            }
            group.cancelAll()
        }
    } catch {
        Issue.record("\(error); the log: \(log.lines.suffix(20).joined(separator: "\n"))")
    }
    for store in stores { await store.shutdown() }
    await admin.shutdown()
    await proxy?.stop()
}

/// Returns when a replica follows its server. A sentinel that looks before that looks again after ten seconds only.
private func follows(_ replica: LocalRedis) async throws {
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let client = RedisClient(try RedisConfiguration(url: replica.url), logger: logger)
    try await eventually("the replica follows") {
        try await client.send(RedisCommand("INFO", "replication")).string.contains("master_link_status:up")
    }
    await client.shutdown()
}

/// Nothing in the store contradicts itself.
func expectSound(_ client: WorkflowClient) async throws {
    let findings = try await client.audit().report().findings
    #expect(findings.isEmpty)
}

/// Tests that take longer than a few seconds run only when this is set.
let isLongRun = ProcessInfo.processInfo.environment["ALOFT_LONG_TESTS"] != nil
