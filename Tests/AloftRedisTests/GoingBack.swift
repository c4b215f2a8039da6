import AloftCore
import AloftRedis
import Foundation
import LocalRedis
import RedisClient
import Testing

/// A server and its replica behind one path, which leads to the replica after a failover. What the server takes between
/// ``part()`` and ``failOver()`` is acknowledged and lost.
struct GoingBack: Sendable {
    let store: RedisStore
    let log: LogLines
    let replica: RedisClient
    private let old: LocalRedis
    private let new: LocalRedis
    private let master: RedisClient
    private let path: String

    /// The replica has what there is, and hears nothing more.
    func part() async throws {
        // The wait is for what its connection has written.
        _ = try await master.send(RedisCommand("SET", "mark", 1))
        try #require(try await master.send(RedisCommand("WAIT", 1, 10_000)).int == 1)
        _ = try await replica.send(RedisCommand("REPLICAOF", "NO", "ONE"))
    }

    func failOver() throws {
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: new.socketPath)
        old.kill()
    }

    /// The next workflow task. Polls that a new connection cuts short are repeated, as workers do.
    func task(of worker: HandWorker) async throws -> WorkflowTask {
        var found: [WorkflowTask] = []
        try await eventually("a workflow task") {
            found = try await worker.tasksIfReachable(limit: 1)
            return !found.isEmpty
        }
        return found[0]
    }

    /// As above, for activities.
    func activity(of worker: HandWorker) async throws -> ActivityTask {
        var found: [ActivityTask] = []
        try await eventually("an activity task") {
            do {
                found = try await worker.activities(limit: 1)
            } catch let error as StoreError where error.code == .unavailable {}
            return !found.isEmpty
        }
        return found[0]
    }

    /// Keeps a worker alive while `body` runs, which begins when the server is known.
    func keepingAlive(_ worker: HandWorker, _ body: () async throws -> Void) async throws {
        let keeping = Task { await store.keepAlive(worker.registration) }
        // The question which server this is goes with each beat: the second beat comes after the first answer.
        var last = try await beat(of: worker)
        for _ in 1...2 {
            try await eventually("a beat") { try await beat(of: worker) > last }
            last = try await beat(of: worker)
        }
        do {
            try await body()
        } catch {
            Issue.record(error)
        }
        keeping.cancel()
        await keeping.value
    }

    private func beat(of worker: HandWorker) async throws -> Int {
        try await master.send(RedisCommand("ZSCORE", "{aloft:0}:workers", RedisArgument(worker.id.rawValue))).int
    }

    static func run(_ body: (GoingBack) async throws -> Void) async throws {
        let log = LogLines()
        try await withReplica { old, new in
            let path = old.folder + "/address"
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: old.socketPath)
            var configuration = try RedisStore.Configuration(url: "unix://" + path)
            configuration.redis.username = old.storeUser?.name
            configuration.redis.password = old.storeUser?.password
            configuration.leaseDuration = .seconds(2)
            configuration.pollDuration = .milliseconds(100)
            let store = try await RedisStore(configuration, logger: log.logger)
            let master = RedisClient(try RedisConfiguration(url: old.url), logger: quiet)
            let replica = RedisClient(try RedisConfiguration(url: new.url), logger: quiet)
            do {
                try await body(
                    GoingBack(store: store, log: log, replica: replica, old: old, new: new, master: master, path: path)
                )
            } catch {
                Issue.record(error)
            }
            await store.shutdown()
            await master.shutdown()
            await replica.shutdown()
        }
    }
}
