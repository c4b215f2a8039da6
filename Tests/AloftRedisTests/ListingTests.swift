import AloftCore
import AloftRedis
import RedisClient
import Testing

/// What lists, counts and removal cost and keep in Redis; what they answer is checked by the conformance suite.
@Suite struct ListingTests {
    /// Instances of one millisecond follow each other by id, also behind a cursor whose instance is gone.
    @Test(arguments: [1, 4]) func aListGoesOnWithinAMillisecond(partitions: Int) async throws {
        try await withBench(.with { $0.partitions = partitions }) { bench in
            let ids = (0..<150).map { InstanceID("order-\($0)") }
            for id in ids {
                _ = try await bench.store.start(.sample(id))
                let keys = PartitionMap(prefix: "aloft", count: partitions)[id]
                try await bench.run("HSET", RedisArgument(keys.base + "i:" + id.rawValue), "c", 1_000)
                try await bench.run("ZADD", RedisArgument(keys.base + "instances"), 1_000, RedisArgument(id.rawValue))
            }
            let sorted = ids.sorted(by: >)
            for size in [1, 7, 150, 1_000] {
                #expect(try await bench.list(pagesOf: size) == sorted)
            }
            let gone = InstanceCursor(createdAt: Timestamp(milliseconds: 1_000), instance: "order-50x")
            let rest = try await bench.store.instances(matching: InstanceFilter(), after: gone, limit: 1_000)
            #expect(rest.instances.map(\.instance) == sorted.filter { $0 < "order-50x" })
        }
    }

    /// How many tasks went through a queue is counted, also when none waits in it.
    @Test func tasksThatWereAddedAreCounted() async throws {
        try await withBench(.with { $0.partitions = 2 }) { bench in
            for number in 0..<20 { _ = try await bench.store.start(.sample("order-\(number)")) }
            #expect(try await bench.store.queueStates().map(\.addedTasks) == [20])
            let worker = WorkerRegistration(workflowQueues: [.default], activityQueues: [], host: "here:1")
            _ = try await bench.store.beat(worker, isFirst: true)
            var taken = 0
            while taken < 20 { taken += try await bench.store.nextWorkflowTasks(for: worker, limit: 20).count }
            let state = try #require(try await bench.store.queueStates().first)
            #expect(state.workflowTasks == 0 && state.addedTasks == 20)
        }
    }

    /// A call looks at a bounded number of instances and says where the list goes on.
    @Test func aPageLooksAtABoundedNumber() async throws {
        try await withBench(.with { $0.partitions = 2 }) { bench in
            for number in 0..<2_500 { _ = try await bench.store.start(.sample("order-\(number)")) }
            let rare = InstanceFilter(workflow: "Rare")
            let page = try await bench.store.instances(matching: rare, after: nil, limit: 10)
            #expect(page.instances.isEmpty && page.next != nil)
            var start = InstanceStart.sample("rare")
            start.workflow = "Rare"
            _ = try await bench.store.start(start)
            #expect(try await bench.list(rare, pagesOf: 10) == ["rare"])
        }
    }

    /// What few instances are is found in one call, however many are newer.
    @Test func theFewOfAStatusAreFoundAtOnce() async throws {
        try await withBench { bench in
            for number in 0..<5 {
                _ = try await bench.store.start(.sample("old-\(number)"))
                try await bench.store.terminate(InstanceID("old-\(number)"), execution: nil, reason: "enough")
            }
            _ = try await bench.store.start(.sample("stuck"))
            try await bench.run("HSET", "{aloft:0}:i:stuck", "p", "3:1:quarantined: a test", "t", "")
            try await bench.run("SADD", "{aloft:0}:quarantined", "stuck", "gone")
            for number in 0..<2_500 { _ = try await bench.store.start(.sample("new-\(number)")) }
            let terminated = InstanceFilter(statuses: [.terminated, .failed])
            var found: [InstanceID] = []
            var cursor: InstanceCursor?
            for pages in 1...3 {
                let page = try await bench.store.instances(matching: terminated, after: cursor, limit: 2)
                found += page.instances.map(\.instance)
                cursor = page.next
                #expect((cursor == nil) == (pages == 3))
            }
            #expect(found.count == 5 && Set(found).count == 5)
            let quarantined = InstanceFilter(isQuarantined: true)
            let page = try await bench.store.instances(matching: quarantined, after: nil, limit: 10)
            #expect(page.instances.map(\.instance) == ["stuck"])
            #expect(page.next == nil)
            #expect(try await bench.store.liftQuarantine(of: ["stuck"]) == 1)
            #expect(try await bench.integer("SISMEMBER", "{aloft:0}:quarantined", "stuck") == 0)
        }
    }

    /// Memos of more bytes than one answer may have: pages end early, and nothing is left out or told twice.
    @Test(arguments: [1, 2]) func largeMemosComeInPortions(partitions: Int) async throws {
        let setup = BenchSetup.with {
            $0.redis.maximumReplyBytes = 1 << 20
            $0.partitions = partitions
        }
        try await withBench(setup) { bench in
            for number in 0..<30 {
                var start = InstanceStart.sample(InstanceID("order-\(number)"))
                start.memo = ["note": String(repeating: "n", count: 100_000)]
                _ = try await bench.store.start(start)
                if number < 15 {
                    try await bench.store.terminate(start.instance, execution: nil, reason: "enough")
                } else {
                    let keys = PartitionMap(prefix: "aloft", count: partitions)[start.instance]
                    let key = RedisArgument(keys.base + "i:" + start.instance.rawValue)
                    try await bench.run("HSET", key, "p", "3:1:quarantined: a test")
                    let id = RedisArgument(start.instance.rawValue)
                    try await bench.run("SADD", RedisArgument(keys.base + "quarantined"), id)
                }
            }
            let filters = [
                (InstanceFilter(), 30), (InstanceFilter(statuses: [.terminated]), 15),
                (InstanceFilter(isQuarantined: true), 15), (InstanceFilter(isQuarantined: false), 15),
            ]
            for (filter, count) in filters {
                let found = try await bench.list(filter, pagesOf: 100)
                #expect(found.count == count && Set(found).count == count, "\(filter)")
            }
            let recent = try await bench.store.recentlyFinished([.terminated], limit: 15)
            #expect(recent.first?.instance == "order-14" && recent.count < 15)
        }
    }

    /// To read an activity is to read its input; a page ends before that is too much.
    @Test func activitiesWithLargeInputsComeInPortions() async throws {
        try await withBench(.with { $0.redis.maximumReplyBytes = 1 << 20 }) { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let input = Payload(bytes: Array(repeating: 120, count: 100_000), encoding: .json)
            let task = try await worker.begin("order-1", isResident: false)
            var length = 1
            for number in 1...8 {
                try await bench.store.deliver(.signal("more"), to: "order-1", execution: nil, id: nil)
                let next = try await worker.task()
                let scheduled = EventBody.ActivityScheduled(
                    command: CommandID(number),
                    name: "work",
                    queue: nil,
                    input: input,
                    retry: .default
                )
                var more = worker.transition(of: next, after: length, outputs: [.activityScheduled(scheduled)])
                more.isResident = false
                length += more.events.count
                _ = try await worker.commit(more)
            }
            let page = try await bench.store.pendingActivities(of: task.instance, after: nil, limit: 100)
            #expect(page.total == 8 && page.activities.count == 3 && page.next == CommandID(3))
            let all = try await bench.store.pendingActivities(of: task.instance)
            #expect(all.map(\.command) == (1...8).map(CommandID.init))
        }
    }

    @Test func aQueueThatNobodyUsesIsForgotten() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let passing = try await HandWorker.register(on: bench.store, workflows: ["passing"], activities: [])
            var start = InstanceStart.sample("order-1")
            start.queue = "passing"
            _ = try await bench.store.start(start)
            let task = try await passing.task()
            _ = try await passing.commit(passing.transition(of: task, outputs: [.done]))
            for _ in 0..<50 { _ = try await bench.store.tick(by: worker.id) }
            #expect(try await bench.integer("EXISTS", "{aloft:0}:q:w:passing") == 1, "it is served")
            try await bench.store.leave(passing.registration)
            try await eventually("it is forgotten") {
                _ = try await bench.store.tick(by: worker.id)
                return try await bench.integer("EXISTS", "{aloft:0}:q:w:passing") == 0
            }
            #expect(try await bench.integer("SCARD", "{aloft:0}:queues") == 2)
            start.instance = "order-2"
            start.execution = .random()
            _ = try await bench.store.start(start)
            #expect(try await bench.store.queueStates().map(\.queue) == ["default", "passing"])
            for _ in 0..<50 { _ = try await bench.store.tick(by: worker.id) }
            #expect(try await bench.integer("XLEN", "{aloft:0}:q:w:passing") == 1, "a task waits in it")
        }
    }

    @Test func removalLeavesNoHistoryOfEarlierExecutions() async throws {
        try await withBench(.with { $0.continuedRetention = .seconds(3600) }) { bench in
            let worker = try await HandWorker.register(on: bench.store)
            _ = try await worker.begin("other")
            let before = try await bench.keyCount
            _ = try await bench.store.start(.sample("order-1"))
            let task = try await worker.task()
            var last = worker.transition(of: task)
            let started = EventBody.Started(workflow: "Sample", queue: .default, input: payload("next"))
            last.completion = .continuedAsNew(Continuation(execution: "second", started: started))
            _ = try await worker.commit(last)
            let earlier = try await bench.store.history(of: "order-1", execution: task.execution, after: 0, limit: 10)
            #expect(earlier.map(\.body) == task.inputs.map(\.body))
            #expect(try await bench.store.history(of: "order-1", execution: "second", after: 0, limit: 10).isEmpty)
            _ = await expectStoreError(.instanceNotFound) {
                _ = try await bench.store.history(of: "order-1", execution: "third", after: 0, limit: 10)
            }
            _ = try await worker.commit(worker.transition(of: try await worker.task(), outputs: [.done]))
            try await bench.store.remove("order-1")
            #expect(try await bench.keyCount == before)
        }
    }

    /// An instance may continue as new for years; what it knows of its earlier executions is what is retained of them.
    @Test func earlierExecutionsThatAreGoneAreForgotten() async throws {
        try await withBench(.with { $0.continuedRetention = .milliseconds(50) }) { bench in
            let worker = try await HandWorker.register(on: bench.store)
            _ = try await bench.store.start(.sample("order-1"))
            let end = bench.store.now + .milliseconds(500)
            var rounds = 0
            // Faster than they are forgotten, so that there are always some.
            while rounds < 40 || bench.store.now < end {
                rounds += 1
                let task = try await worker.task()
                var last = worker.transition(of: task)
                let started = EventBody.Started(workflow: "Sample", queue: .default, input: payload("next"))
                last.completion = .continuedAsNew(Continuation(execution: "number-\(rounds)", started: started))
                _ = try await worker.commit(last)
            }
            let known = try await bench.integer("ZCARD", "{aloft:0}:ex:order-1")
            #expect(known < rounds / 2)
        }
    }

    /// An instance that keeps itself longer than others must not hide those behind it.
    @Test func removalGoesByTheMomentOfTheEnd() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            for (id, retention) in [("long", Duration.seconds(9_000)), ("short", .seconds(60)), ("late", .seconds(30))]
            {
                _ = try await bench.store.start(.sample(InstanceID(id), retention: retention))
                _ = try await worker.commit(worker.transition(of: try await worker.task(), outputs: [.done]))
                let end = bench.store.now + .milliseconds(2)
                try await eventually("time passes") {
                    _ = try await bench.store.tick(by: worker.id)
                    return bench.store.now > end
                }
            }
            let moment = try #require(try await bench.store.state(of: "late")?.finishedAt)
            let first = try await bench.store.removeFinished([], before: moment, limit: 1)
            #expect(first == Removal(removed: 1, isMoreToRemove: true))
            let second = try await bench.store.removeFinished([], before: moment, limit: 5)
            #expect(second == Removal(removed: 1, isMoreToRemove: false))
            #expect(try await bench.list(pagesOf: 10) == ["late"])
        }
    }
}

extension Bench {
    fileprivate func list(_ filter: InstanceFilter = InstanceFilter(), pagesOf size: Int) async throws -> [InstanceID] {
        var found: [InstanceID] = []
        var cursor: InstanceCursor?
        repeat {
            let page = try await store.instances(matching: filter, after: cursor, limit: size)
            #expect(page.instances.count <= size)
            found += page.instances.map(\.instance)
            cursor = page.next
        } while cursor != nil
        return found
    }
}
