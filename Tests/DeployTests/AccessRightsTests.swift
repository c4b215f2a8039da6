import Aloft
import AloftClient
import AloftInsight
import AloftRedis
import Foundation
import LocalRedis
import RedisClient
import Testing

/// The users of deploy/redis/users.acl: each can do all that its programs do, and nothing else.
@Suite(.timeLimit(.minutes(2)))
struct AccessRightsTests {
    struct Errand: Workflow {
        static let go = Signal<Int>("go")

        func run(_ context: WorkflowContext, _ isPatient: Bool) async throws -> Int {
            let one = try await context.activity(ActivityReference<Int, Int>("next"), 1)
            try await context.sleep(for: .milliseconds(20))
            let two = isPatient ? try await context.receive(Self.go) : 2
            let child = try await context.subWorkflow(Small.self, two)
            return one + child
        }
    }

    struct Small: Workflow {
        func run(_ context: WorkflowContext, _ number: Int) async throws -> Int { number * 10 }
    }

    /// Runs a worker of a fleet with several partitions, as the user whom workers have.
    private func withWorker(_ redis: GuardedRedis, _ body: () async throws -> Void) async throws {
        var configuration = try redis.configuration(.worker)
        configuration.partitions = 3
        let store = try await RedisStore(configuration, logger: quiet)
        let worker = Worker(store: store, options: .init(auditInterval: .milliseconds(200)), logger: quiet) {
            Errand.self
            Small.self
            ActivityFunction("next") { (number: Int) in number + 1 }
        }
        let run = Task { try await worker.run() }
        try await worker.waitUntilReady()
        try await body()
        run.cancel()
        try await run.value
        await store.shutdown()
    }

    private func withClient(
        _ redis: GuardedRedis,
        _ user: GuardedRedis.User,
        _ body: (WorkflowClient) async throws -> Void
    )
        async throws
    {
        let store = try await RedisStore.existing(redis.configuration(user), logger: quiet)
        try await body(WorkflowClient(store: store))
        await store.shutdown()
    }

    @Test("A worker and a client of least rights do all that there is to do, and are refused nothing")
    func everything() async throws {
        try await withGuardedRedis { redis in
            try await withWorker(redis) {
                try await withClient(redis, .client) { client in
                    let patient = try await client.start(Errand.self, true, id: "patient")
                    let quick = try await client.start(Errand.self, false, id: "quick")
                    #expect(try await quick.result() == 22)
                    _ = try await client.store.retryNow(CommandID(1), of: "patient")
                    try await patient.signal(Errand.go, 3)
                    #expect(try await patient.result() == 32)

                    let cancelled = try await client.start(Errand.self, true, id: "cancelled")
                    try await cancelled.cancel()
                    _ = try? await cancelled.result()
                    let ended = try await client.start(Errand.self, true, id: "ended")
                    try await ended.terminate(reason: "enough")
                    #expect(try await ended.state().status == .terminated)

                    for try await _ in client.instances() {}
                    _ = try await patient.history()
                    _ = try await client.releaseQuarantined()
                    for worker in try await client.store.workers() {
                        _ = try await client.store.work(of: worker.registration.worker, limit: 10)
                    }
                    _ = try await client.store.recentlyFinished([.completed], limit: 10)
                    #expect(try await client.audit(repair: false).report().findings.isEmpty)
                    try await patient.remove()
                }
            }
            let refusals = try await redis.refusals()
            #expect(refusals.isEmpty)
        }
    }

    @Test("Whoever only reads sees all, and can change nothing")
    func reading() async throws {
        try await withGuardedRedis { redis in
            try await withWorker(redis) {
                try await withClient(redis, .client) { client in
                    _ = try await client.start(Errand.self, false, id: "quick").result()
                    _ = try await client.start(Errand.self, true, id: "patient")
                }
                try await withClient(redis, .reader) { client in
                    var names: [InstanceID] = []
                    for try await state in client.instances(matching: InstanceFilter(workflow: "Errand")) {
                        names.append(state.instance)
                    }
                    #expect(Set(names) == ["quick", "patient"])
                    #expect(try await client.store.state(of: "quick")?.status == .completed)
                    #expect(!(try await client.store.history(of: "quick", after: 0, limit: 100).isEmpty))
                    #expect(try await client.store.instanceCounts()[.completed] == 2)
                    #expect(!(try await client.store.queueStates().isEmpty))
                    _ = try await client.store.pendingActivities(of: "patient")
                    let workers = try await client.store.workers()
                    #expect(workers.count == 1)
                    for worker in workers { _ = try await client.store.work(of: worker.registration.worker, limit: 10) }
                    #expect(try await client.store.recentlyFinished([.completed], limit: 10).count == 2)
                    #expect(try await client.audit(repair: false).report().findings.isEmpty)
                    let insight = Insight(client.store)
                    #expect(try await insight.completion(of: "quick", within: .zero)?.status == .completed)
                    #expect(try await insight.completion(of: "quick", within: nil)?.status == .completed)
                    let open = try await insight.completion(of: "patient", within: .zero)
                    #expect(open == nil)
                    #expect(try await redis.refusals().isEmpty)

                    // It is the rights that are wrong, and not the data.
                    let error = await #expect(throws: StoreError.self) {
                        _ = try await client.start(Errand.self, false)
                    }
                    #expect(error?.code == .misconfigured)
                    await #expect(throws: StoreError.self) {
                        try await client.store.terminate("patient", execution: nil, reason: "")
                    }
                    await #expect(throws: StoreError.self) { try await client.store.remove("quick") }
                }
            }
        }
    }

    static let forbidden: [[String]] = [
        ["FLUSHALL"], ["FLUSHDB"], ["KEYS", "*"], ["CONFIG", "SET", "maxmemory", "1"], ["CONFIG", "REWRITE"],
        ["SHUTDOWN", "NOSAVE"], ["ACL", "LIST"], ["CLIENT", "LIST"], ["CLIENT", "KILL", "1.2.3.4:1"],
        ["REPLICAOF", "NO", "ONE"], ["SAVE"], ["SCRIPT", "FLUSH"], ["SCRIPT", "KILL"], ["FUNCTION", "FLUSH"],
        ["SWAPDB", "0", "1"], ["MIGRATE", "h", "1", "k", "0", "1"], ["SLOWLOG", "GET"], ["MODULE", "LIST"],
        // Keys and channels of others.
        ["HGET", "session:1", "user"], ["HGET", "{aloft:0", "user"], ["TYPE", "session:1"],
        ["EVAL", "return redis.call('HGET', KEYS[1], 'f')", "1", "session:1"],
        ["EVAL", "return redis.call('HGETALL', 'session:1')", "0"],
        ["EVAL", "return redis.call('FLUSHALL')", "0"],
    ]

    @Test("What no program needs is refused to all of them", arguments: [GuardedRedis.User.worker, .client, .reader])
    func refused(_ user: GuardedRedis.User) async throws {
        try await withGuardedRedis { redis in
            for words in Self.forbidden {
                let error = await #expect(throws: RedisError.self, "\(words) as \(user)") {
                    try await redis.send(words, as: user)
                }
                // As the command itself, or as one in a script.
                let isRefused = error?.serverCode == "NOPERM" || error?.message.contains("The user executing") == true
                #expect(isRefused, "\(words) as \(user): \(String(describing: error))")
            }
        }
    }

    @Test("A client cannot take a worker's tasks, and a reader cannot write by a script of its own")
    func between() async throws {
        try await withGuardedRedis { redis in
            let read = ["XREADGROUP", "GROUP", "g", "me", "STREAMS", "{aloft:0}:q:w:default", ">"]
            for user in [GuardedRedis.User.client, .reader] {
                let error = await #expect(throws: RedisError.self) { try await redis.send(read, as: user) }
                #expect(error?.serverCode == "NOPERM")
            }
            let write = ["EVAL", "return redis.call('HSET', KEYS[1], 'a', 'b')", "1", "{aloft:0}:i:x"]
            await #expect(throws: RedisError.self) { try await redis.send(write, as: .reader) }
            let count = try await redis.send(["EXISTS", "{aloft:0}:i:x"], as: .admin).int
            #expect(count == 0)
        }
    }

    @Test("Nobody comes in without a name; the probe of the server may ask whether it is there, and no more")
    func strangers() async throws {
        try await withGuardedRedis { redis in
            func ask(_ words: [String], user: String?, password: String?) async throws -> RedisValue {
                var settings = redis.settings(.admin)
                settings.username = user
                settings.password = password
                settings.connectTimeout = .seconds(2)
                settings.commandTimeout = .seconds(2)
                let client = RedisClient(settings, logger: quiet)
                let reply = await Result {
                    try await client.send(RedisCommand(arguments: words.map { RedisArgument($0) }))
                }
                await client.shutdown()
                return try reply.get()
            }
            await #expect(throws: RedisError.self) { _ = try await ask(["PING"], user: nil, password: nil) }
            await #expect(throws: RedisError.self) { _ = try await ask(["PING"], user: "aloft-worker", password: "") }
            let answer = try await ask(["PING"], user: "health", password: "none").string
            #expect(answer == "PONG")
            await #expect(throws: RedisError.self) { _ = try await ask(["INFO"], user: "health", password: "none") }
        }
    }

    @Test("The health check of compose is well when Redis answers, and not when it answers with an error")
    func healthCheck() async throws {
        let text = try Deploy.text("compose/compose.yaml")
        let list = try #require(text.firstMatch(of: /test: \["CMD", "redis-cli", (.*)\]/)).1
        let words = list.split(separator: ", ").map { $0.trimmingPrefix("\"").dropLast() }.map(String.init)
        try await withGuardedRedis { redis in
            func status(_ words: [String]) throws -> Int32 {
                try run(["redis-cli", "-s", redis.server.socketPath] + words).status
            }
            let (answered, refused) = (try status(words), try status(words.dropLast() + ["info"]))
            #expect(answered == 0 && refused != 0)
        }
    }
}

extension Result where Failure == any Error {
    init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
