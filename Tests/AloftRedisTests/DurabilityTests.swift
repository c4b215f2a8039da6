import AloftCore
import AloftRedis
import LocalRedis
import RedisClient
import Synchronization
import Testing

/// What is acknowledged, and when.
@Suite(.timeLimit(.minutes(1))) struct DurabilityTests {
    /// A store on a master with one replica.
    static func withReplicatedStore(
        _ change: (inout RedisStore.Configuration) -> Void = { _ in },
        _ body: (Bench, LocalRedis) async throws -> Void
    ) async throws {
        try await withReplica { master, replica in
            var settings = try RedisStore.Configuration(url: master.storeURL)
            settings.durability = .replicated(1)
            settings.pollDuration = .milliseconds(200)
            change(&settings)
            let store = try await RedisStore(settings, logger: quiet)
            let redis = RedisClient(settings.redis.behindTheBack(of: master), logger: quiet)
            do {
                try await body(Bench(server: master, store: store, redis: redis), replica)
            } catch {
                replica.thaw()
                await store.shutdown()
                await redis.shutdown()
                throw error
            }
            await store.shutdown()
            await redis.shutdown()
        }
    }

    @Test func asRedisIsWaitsForNothing() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let task = try await worker.begin("order-1")
            try await bench.store.deliver(.signal("x"), to: "order-1", execution: nil, id: nil)
            _ = try await bench.store.terminate(task.instance, execution: nil, reason: "enough")
            #expect(try await bench.calls(of: "wait") == 0)
            #expect(try await bench.calls(of: "waitaof") == 0)
            #expect(try await bench.text("CLIENT", "LIST")?.contains("durable") == false)
        }
    }

    @Test func whatIsAcknowledgedIsOnTheReplica() async throws {
        try await Self.withReplicatedStore { bench, replica in
            let copy = RedisClient(try RedisConfiguration(url: replica.url), logger: quiet)
            let worker = try await HandWorker.register(on: bench.store)
            for number in 0..<50 {
                let id: InstanceID = "order-\(number)"
                #expect(try await bench.store.start(.sample(id)) == .started)
                let key = RedisArgument("{aloft:0}:i:order-\(number)")
                #expect(try await copy.send(RedisCommand("EXISTS", key)).int == 1)
                let task = try await worker.task()
                _ = try await worker.commit(worker.transition(of: task, outputs: [.activity(1)]))
                #expect(try await copy.send(RedisCommand("HGET", key, "n")).int == 2)
                let activity = try await worker.activity()
                #expect(try await bench.store.finish(activity, by: worker.id, outcome: .completed(.none)))
                let inbox = RedisArgument("{aloft:0}:in:order-\(number)")
                #expect(try await copy.send(RedisCommand("LLEN", inbox)).int == 1)
                let next = try await worker.task()
                _ = try await worker.commit(worker.transition(of: next, after: 2, outputs: [.done]))
                #expect(try await copy.send(RedisCommand("HGET", key, "s")).string == "c")
            }
            await copy.shutdown()
            let report = try await bench.store.audit()
            #expect(report.findings == [])
        }
    }

    @Test func withoutItsReplicaACallDoesNotSayYes() async throws {
        let change = { (settings: inout RedisStore.Configuration) in
            settings.durabilityTimeout = .milliseconds(50)
            settings.retryDuration = .milliseconds(200)
        }
        try await Self.withReplicatedStore(change) { bench, replica in
            replica.freeze()
            let error = await expectStoreError(.outcomeUnknown) { _ = try await bench.store.start(.sample("order-1")) }
            #expect(error?.message.contains("0 of 1 replica had it") == true)
            #expect(try await bench.store.state(of: "order-1")?.status == .running)
            // Without an id it could arrive twice, so it is not sent again.
            _ = await expectStoreError(.outcomeUnknown) {
                try await bench.store.deliver(.signal("x"), to: "order-1", execution: nil, id: nil)
            }
            #expect(try await bench.integer("LLEN", "{aloft:0}:in:order-1") == 2)
            replica.thaw()
            // Found, and safe by now.
            var again: StartOutcome?
            try await eventually("an answer") {
                again = try? await bench.store.start(.sample("order-1"))
                return again != nil
            }
            #expect(again != .started)
        }
    }

    @Test func workersAskAgainUntilTheReplicaIsBack() async throws {
        let change = { (settings: inout RedisStore.Configuration) in
            settings.durabilityTimeout = .milliseconds(20)
            settings.retryDuration = .seconds(60)
        }
        try await Self.withReplicatedStore(change) { bench, replica in
            let worker = try await HandWorker.register(on: bench.store)
            #expect(try await bench.store.start(.sample("order-1")) == .started)
            let task = try await worker.task()
            replica.freeze()
            let committed = Count()
            async let inputs = {
                let inputs = try await worker.commit(worker.transition(of: task, outputs: [.activity(1)]))
                committed.increase()
                return inputs
            }()
            try await eventually("the commit") { try await bench.integer("HGET", "{aloft:0}:i:order-1", "n") == 2 }
            let before = try await bench.calls(of: "wait")
            try await eventually("more questions") { try await bench.calls(of: "wait") >= before + 2 }

            // On a new connection, the call finds done what it did, and writes nothing: that is no reason to believe in it.
            try await bench.killDurableConnection()
            try await eventually("a new connection") {
                try await bench.text("CLIENT", "LIST")?.contains("name=aloft-durable") == true
            }
            let later = try await bench.calls(of: "wait")
            try await eventually("more questions") { try await bench.calls(of: "wait") >= later + 3 }
            #expect(committed.value == 0)

            replica.thaw()
            #expect(try await inputs.isEmpty)
            let events = try await bench.store.history(of: "order-1", after: 0, limit: 100)
            #expect(events.map(\.number) == [1, 2])
        }
    }

    @Test func readsDoNotWait() async throws {
        try await Self.withReplicatedStore { bench, replica in
            #expect(try await bench.store.start(.sample("order-1")) == .started)
            replica.freeze()
            let task = Task { try await bench.store.start(.sample("order-2")) }
            try await eventually("the start") { try await bench.store.state(of: "order-2") != nil }
            let states = try await bench.store.queueStates()
            #expect(states.map(\.workflowTasks) == [2])
            task.cancel()
            let error = await expectStoreError(.cancelled) { _ = try await task.value }
            #expect(error != nil)
            replica.thaw()
        }
    }

    @Test func oneWaitServesTheCommitsOfAFlush() async throws {
        try await Self.withReplicatedStore { bench, replica in
            let worker = try await HandWorker.register(on: bench.store)
            for number in 0..<40 { _ = try await bench.store.start(.sample("order-\(number)")) }
            var tasks: [WorkflowTask] = []
            try await eventually("tasks") {
                tasks += try await worker.tasks()
                return tasks.count == 40
            }
            let before = try await bench.calls(of: "wait")
            replica.freeze()
            let begun = Count()
            let commits = tasks.map { task in
                Task {
                    begun.increase()
                    return try await worker.commit(worker.transition(of: task, outputs: [.activity(1)]))
                }
            }
            try await eventually("all on their way") { begun.value == 40 }
            try await eventually("one written") { try await bench.integer("XLEN", "{aloft:0}:q:a:default") > 0 }
            replica.thaw()
            for commit in commits { #expect(try await commit.value.isEmpty) }
            let waits = try await bench.calls(of: "wait") - before
            #expect((1...20).contains(waits))
            #expect(try await bench.integer("XLEN", "{aloft:0}:q:a:default") == 40)
        }
    }

    @Test func replicasThatAreMissingAreWaitedFor() async throws {
        let options = LocalRedisOptions(
            persistence: .aofEverysec,
            tcp: true,
            extraArguments: ["--repl-diskless-sync-delay", "0"]
        )
        let setup = BenchSetup.server(options) {
            $0.durability = .replicated(1)
            $0.accepts = .missingReplicas
            $0.durabilityTimeout = .milliseconds(50)
            $0.retryDuration = .milliseconds(200)
        }
        try await withBench(setup) { bench in
            var settings = bench.store.configuration
            settings.accepts = []
            let error = await expectStoreError(.misconfigured) { _ = try await RedisStore(settings, logger: quiet) }
            #expect(error?.message.contains("has 0 connected replicas, and replicated(1) asks for 1") == true)
            _ = await expectStoreError(.outcomeUnknown) { _ = try await bench.store.start(.sample("order-1")) }
            let replica = try makeReplica(of: bench.server)
            defer { replica.stop() }
            try await replicasAreConnected(to: bench.server, 1)
            try await eventually("a start") { (try? await bench.store.start(.sample("order-2"))) != nil }
        }
    }

    @Test func scriptsThatTheServerHasLostAreWaitedForToo() async throws {
        try await Self.withReplicatedStore { bench, _ in
            for number in 0..<5 {
                #expect(try await bench.store.start(.sample("order-\(number)")) == .started)
                try await bench.run("SCRIPT", "FLUSH")
            }
            // Two rounds each, but for the very first call of the script in this process.
            let waits = try await bench.calls(of: "wait")
            #expect((9...10).contains(waits))
        }
    }

    @Test func fsyncIsCheckedAgainOnEveryConnection() async throws {
        let setup = BenchSetup.server(LocalRedisOptions(persistence: .aofAlways)) {
            $0.durability = .fsync
            $0.retryDuration = .milliseconds(100)
            $0.redis.commandTimeout = .milliseconds(500)
            $0.redis.backoff.maximum = .milliseconds(20)
        }
        try await withBench(setup) { bench in
            #expect(try await bench.store.start(.sample("order-1")) == .started)
            #expect(try await bench.calls(of: "wait") == 0)
            try await bench.run("CONFIG", "SET", "appendfsync", "everysec")
            try await bench.run("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
            let error = await expectStoreError(.unavailable) { _ = try await bench.store.start(.sample("order-2")) }
            #expect(error?.description.contains("does not keep Durability.fsync: appendfsync is everysec") == true)
            #expect(try await bench.integer("EXISTS", "{aloft:0}:i:order-2") == 0)
            try await bench.run("CONFIG", "SET", "appendfsync", "always")
            try await eventually("work as before") {
                (try? await bench.store.start(.sample("order-2"))) != nil
            }
        }
    }

    @Test func nonsenseIsRefused() async throws {
        for change: (inout RedisStore.Configuration) -> Void in [
            { $0.durability = .replicated(0) }, { $0.durabilityTimeout = .zero },
        ] {
            var settings = try RedisStore.Configuration(url: "unix:///nowhere/redis.sock")
            change(&settings)
            _ = await expectStoreError(.misconfigured) { _ = try await RedisStore(settings, logger: quiet) }
        }
    }
}

private final class Count: Sendable {
    private let count = Atomic(0)
    var value: Int { count.load(ordering: .relaxed) }
    func increase() { count.add(1, ordering: .relaxed) }
}

extension Bench {
    fileprivate func calls(of command: String) async throws -> Int {
        let text = try await text("INFO", "commandstats") ?? ""
        let line = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("cmdstat_\(command):calls=") }
        return line.flatMap { Int($0.drop { $0 != "=" }.dropFirst().prefix { $0.isNumber }) } ?? 0
    }

    fileprivate func killDurableConnection() async throws {
        let list = try await text("CLIENT", "LIST") ?? ""
        for line in list.split(separator: "\n") where line.contains("name=aloft-durable") {
            guard let id = Int(line.prefix { $0 != " " }.dropFirst(3)) else { continue }
            try await run("CLIENT", "KILL", "ID", RedisArgument(id))
        }
    }
}
