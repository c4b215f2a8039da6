import AloftCore
import AloftRedis
import LocalRedis
import RedisClient
import Testing

@Suite struct PollingTests {
    @Test func nothingIsReadWithoutRoom() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            _ = try await bench.store.start(.sample("order-1"))
            #expect(try await worker.tasks(limit: 0).isEmpty)
            #expect(try await bench.pending("{aloft:0}:q:w:default") == 0)
        }
    }

    @Test func noMoreThanAskedForAndNothingLost() async throws {
        try await withBench { bench in
            let queues: [TaskQueue] = ["a", "b", "c"]
            let worker = try await HandWorker.register(on: bench.store, workflows: queues)
            for number in 0..<30 {
                var start = InstanceStart.sample("order-\(number)")
                start.queue = queues[number % 3]
                _ = try await bench.store.start(start)
            }
            var seen: [InstanceID] = []
            while seen.count < 30 {
                let tasks = try await worker.tasks(limit: 2)
                #expect(tasks.count <= 2)
                seen += tasks.map(\.instance)
            }
            #expect(Set(seen).count == 30)
        }
    }

    @Test func groupsAreMadeAgain() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            _ = try await worker.tasks()
            try await bench.run("DEL", "{aloft:0}:q:w:default", "{aloft:0}:q:a:default")
            _ = try await worker.tasks()
            _ = try await bench.store.start(.sample("order-1"))
            let task = try await worker.task()
            _ = try await worker.commit(worker.transition(of: task, outputs: [.activity(1)]))
            #expect(try await worker.activity().instance == "order-1")
        }
    }

    @Test func afterALossOfAllDataWorkersRegisterAgain() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            _ = try await worker.tasks()
            try await bench.run("FLUSHALL")
            let calls = try await bench.commandCount
            _ = await expectStoreError(.leaseLost) { _ = try await worker.tasks() }
            #expect(try await bench.commandCount - calls < 20)
            #expect(try await bench.store.beat(worker.registration, isFirst: false) == false)
            _ = try await bench.store.start(.sample("order-1"))
            let again = try await HandWorker.register(on: bench.store)
            #expect(try await again.task().instance == "order-1")
            #expect(try await bench.text("HGET", "{aloft:0}:namespace", "partitions") == "1")
        }
    }

    @Test func scriptsAreLoadedAgain() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            _ = try await worker.begin("order-1")
            try await bench.run("SCRIPT", "FLUSH")
            _ = try await worker.begin("order-2")
            try await bench.run("SCRIPT", "FLUSH")
            #expect(try await bench.store.tick(by: worker.id).fired == 0)
        }
    }

    /// The connection of the waiting read is killed again and again while instances are started. Every task must come.
    @Test(arguments: [1, 7])
    func killedReadsLoseNothing(limit: Int) async throws {
        try await withBench(.with { $0.pollDuration = .seconds(1) }) { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let count = 300
            let killer = Task {
                while !Task.isCancelled {
                    let list = try await bench.text("CLIENT", "LIST") ?? ""
                    for line in list.split(separator: "\n") where line.contains("workflows") {
                        let id = line.prefix { $0 != " " }.dropFirst(3)
                        _ = try? await bench.run("CLIENT", "KILL", "ID", RedisArgument(String(id)))
                    }
                    try await Task.sleep(for: .milliseconds(3))
                }
            }
            let starter = Task {
                for number in 0..<count { _ = try await bench.store.start(.sample("order-\(number)")) }
            }
            var seen: Set<InstanceID> = []
            let end = ContinuousClock.now + .seconds(20)
            while seen.count < count, ContinuousClock.now < end {
                for task in try await worker.tasksIfReachable(limit: limit) {
                    #expect(seen.insert(task.instance).inserted)
                    let inputs = task.inputs.isEmpty ? try await bench.store.load(task)?.inbox : task.inputs
                    _ = try await worker.commit(worker.transition(of: task, inputs: inputs, outputs: [.done]))
                }
                if seen.count == count / 2 { killer.cancel() }
            }
            killer.cancel()
            try await starter.value
            #expect(seen.count == count)
            #expect(try await bench.pending("{aloft:0}:q:w:default") == 0)
        }
    }

    @Test func heldTasksAreNotGivenOutTwice() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            for number in 0..<5 { _ = try await bench.store.start(.sample("order-\(number)")) }
            let tasks = try await worker.tasks()
            #expect(tasks.count == 5)
            try await bench.run("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
            for _ in 0..<3 { #expect(try await worker.tasks().isEmpty) }
            #expect(try await bench.pending("{aloft:0}:q:w:default") == 5)
            for task in tasks { _ = try await worker.commit(worker.transition(of: task)) }
            #expect(try await bench.pending("{aloft:0}:q:w:default") == 0)
        }
    }

    /// Redis has handed out what a read that was given up did not bring. It used to be nobody's until the worker left.
    @Test func whatWasNotSeenIsHandedBack() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            _ = try await bench.store.start(.sample("order-1"))
            let first = try await worker.task()
            _ = try await worker.commit(worker.transition(of: first, outputs: [.activity(1)]))
            _ = try await worker.activity()
            _ = try await bench.store.start(.sample("order-2"))
            let second = try await worker.task()
            _ = try await worker.commit(worker.transition(of: second, outputs: [.activity(1)]))
            for number in 3...4 { _ = try await bench.store.start(.sample("order-\(number)")) }
            let name = RedisArgument(worker.id.rawValue)
            for queue in ["{aloft:0}:q:w:default", "{aloft:0}:q:a:default"] as [RedisArgument] {
                try await bench.run("XREADGROUP", "GROUP", "g", name, "STREAMS", queue, ">")
            }
            #expect(try await bench.pending("{aloft:0}:q:w:default") == 2)
            #expect(try await bench.pending("{aloft:0}:q:a:default") == 2)

            try await bench.store.handBackUnseen(worker.registration)
            try await bench.store.handBackUnseen(worker.registration)
            #expect(try await bench.pending("{aloft:0}:q:w:default") == 0)
            #expect(try await bench.pending("{aloft:0}:q:a:default") == 1, "what was seen stays")
            let heir = try await HandWorker.register(on: bench.store)
            #expect(Set(try await heir.tasks().map(\.instance)) == ["order-3", "order-4"])
            let activity = try await heir.activity()
            #expect(activity.instance == "order-2")
            #expect(activity.lease == ActivityLease(), "handed back untried")
        }
    }

    @Test func aRestartOfTheServerLosesNothing() async throws {
        try await withBench(.server(.init(persistence: .aofAlways)) { $0.retryDuration = .seconds(10) }) { bench in
            let worker = try await HandWorker.register(on: bench.store)
            _ = try await bench.store.start(.sample("order-1"))
            let task = try await worker.task()
            _ = try await bench.store.start(.sample("order-2"))
            bench.server.kill()
            let committing = Task { try await worker.commit(worker.transition(of: task, outputs: [.done])) }
            try bench.server.restart()
            #expect(try await committing.value.isEmpty)
            #expect(try await worker.task().instance == "order-2")
            #expect(try await bench.store.state(of: "order-1")?.status == .completed)
        }
    }

    @Test func partitionsWorkAlike() async throws {
        try await withBench(.with { $0.partitions = 5 }) { bench in
            let worker = try await HandWorker.register(on: bench.store)
            for number in 0..<40 { _ = try await bench.store.start(.sample("order-\(number)")) }
            var seen: Set<InstanceID> = []
            try await eventually("all are seen") {
                for task in try await worker.tasks(limit: 8) {
                    seen.insert(task.instance)
                    let timer = EventBody.timer(1, due: bench.store.now)
                    _ = try await worker.commit(worker.transition(of: task, outputs: [timer]))
                }
                return seen.count == 40
            }
            #expect(try await bench.store.tick(by: worker.id).fired == 40)
            try await bench.store.release(Array(seen), by: worker.id)
            try await bench.store.leave(worker.registration)
            let heir = try await HandWorker.register(on: bench.store)
            var taken = 0
            try await eventually("all come again") {
                taken += try await heir.tasks(limit: 100).count
                return taken == 40
            }
        }
    }
}

@Suite struct LargeEntryTests {
    /// More input bytes than one answer may have are waiting in a queue.
    @Test func largeActivitiesComeInPortions() async throws {
        let setup = BenchSetup.with {
            $0.redis.maximumReplyBytes = 1 << 20
            $0.maximumPayloadBytes = 100_000
        }
        try await withBench(setup) { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let input = Payload(bytes: Array(repeating: 120, count: 100_000), encoding: .json)
            for number in 0..<20 {
                let scheduled = EventBody.ActivityScheduled(
                    command: CommandID(1),
                    name: "work",
                    queue: nil,
                    input: input,
                    retry: .default
                )
                _ = try await worker.begin("order-\(number)", outputs: [.activityScheduled(scheduled)])
            }
            var seen: Set<InstanceID> = []
            try await eventually("all come") {
                for activity in try await worker.activities(limit: 100) { seen.insert(activity.instance) }
                return seen.count == 20
            }
            // Nobody knows what is in hand any more: all of it is pending and comes again.
            try await bench.store.leave(worker.registration)
            let heir = try await HandWorker.register(on: bench.store)
            #expect(try await heir.activities(limit: 100).isEmpty == false)
            _ = await expectStoreError(.payloadTooLarge) {
                let scheduled = (1...6).map {
                    EventBody.activityScheduled(
                        .init(command: CommandID($0), name: "work", queue: nil, input: input, retry: .default)
                    )
                }
                _ = try await heir.begin("too-much", outputs: scheduled)
            }
        }
    }
}
