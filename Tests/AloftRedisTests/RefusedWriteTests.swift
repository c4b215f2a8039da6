import AloftCore
import AloftRedis
import RedisClient
import Testing

/// Writes that fail in their middle, at a key that another program has taken: nothing of them stays, and they succeed once the
/// key is gone.
@Suite struct RefusedWriteTests {
    @Test("A commit that fails behind its activities and timers leaves none of them")
    func commit() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            _ = try await bench.store.start(.sample("order"))
            let task = try await worker.task()
            // Timers come behind activities.
            try await bench.run("SET", "{aloft:0}:due", "not ours")
            let due = bench.store.now + .seconds(60)
            let transition = worker.transition(of: task, outputs: [.activity(1), .activity(2), .timer(3, due: due)])
            for _ in 1...3 {
                _ = await expectStoreError(.corrupt) { _ = try await worker.commit(transition) }
                #expect(try await bench.integer("LLEN", "{aloft:0}:h:order") == 0)
                #expect(try await bench.integer("HLEN", "{aloft:0}:a:order") == 0)
                #expect(try await bench.integer("XLEN", "{aloft:0}:q:a:default") == 0)
            }
            try await bench.run("DEL", "{aloft:0}:due")
            _ = try await worker.commit(transition)
            #expect(try await worker.activities().map(\.scheduled.command) == [CommandID(1), CommandID(2)])
            #expect(try await bench.integer("ZCARD", "{aloft:0}:due") == 1)
        }
    }

    @Test("A start that cannot take the place of an open instance leaves that instance as it is")
    func replacement() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let first = try await worker.begin("order")
            var start = InstanceStart.sample("order", input: "new")
            start.conflictPolicy = .terminateExisting
            for key in ["q:w:default", "due", "queues", "instances"] {
                let (name, kept) = (RedisArgument("{aloft:0}:\(key)"), RedisArgument("{aloft:0}:kept"))
                let isThere = try await bench.integer("EXISTS", name) == 1
                if isThere { try await bench.run("RENAME", name, kept) }
                try await bench.run("SET", name, "not ours")
                let error = await expectStoreError(.corrupt) { _ = try await bench.store.start(start) }
                #expect(error?.message.contains("{aloft:0}:\(key)") == true, "\(key): \(String(describing: error))")
                let state = try await bench.store.state(of: "order")
                #expect(state?.status == .running && state?.execution == first.execution, "\(key)")
                #expect(try await bench.integer("LLEN", "{aloft:0}:h:order") == 1)
                try await bench.run("DEL", name)
                if isThere { try await bench.run("RENAME", kept, name) }
            }
            #expect(try await bench.store.start(start) == .started)
            #expect(try await bench.store.state(of: "order")?.execution == start.execution)
        }
    }

    @Test("A sub-workflow that cannot end with its parent keeps its own sub-workflows")
    func end() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let families = [("top", "middle"), ("middle", "leaf")]
            for (parent, child) in families {
                if parent == "top" { _ = try await bench.store.start(.sample("top")) }
                let task = try await worker.task()
                #expect(task.instance.rawValue == parent)
                let scheduled = EventBody.SubWorkflowScheduled.terminated(child)
                var first = worker.transition(of: task, outputs: [.subWorkflowScheduled(scheduled)])
                first.subWorkflows = [scheduled]
                _ = try await worker.commit(first)
            }
            // Read when the end of one that has continued as new is about to be written.
            try await bench.run("HSET", "{aloft:0}:i:middle", "g", "earlier")
            try await bench.run("SET", "{aloft:0}:ex:middle", "not ours")
            try await bench.store.terminate("top", execution: nil, reason: "test")
            #expect(try await bench.store.state(of: "top")?.status == .terminated)
            for open: InstanceID in ["middle", "leaf"] {
                #expect(try await bench.store.state(of: open)?.status == .running, "\(open)")
            }
            try await bench.run("DEL", "{aloft:0}:ex:middle")
            try await bench.store.terminate("middle", execution: nil, reason: "test")
            for ended: InstanceID in ["middle", "leaf"] {
                #expect(try await bench.store.state(of: ended)?.status == .terminated, "\(ended)")
            }
        }
    }

    @Test("A partition that has no due set any more does not keep others from theirs, nor the dead from being found")
    func tick() async throws {
        try await withBench(.with { $0.partitions = 2 }) { bench in
            let (heir, dead) = (
                try await HandWorker.register(on: bench.store), try await HandWorker.register(on: bench.store)
            )
            let map = PartitionMap(prefix: "aloft", count: 2)
            let ids = (0..<100).map { InstanceID("order-\($0)") }
            let instance = try #require(ids.first { map[$0].base == "{aloft:1}:" })
            _ = try await heir.begin(instance, outputs: [.timer(1, due: bench.store.now)], isResident: false)
            try await bench.run("SET", "{aloft:0}:due", "not ours")
            for partition in 0...1 {
                try await bench.run(
                    "ZADD",
                    RedisArgument("{aloft:\(partition)}:workers"),
                    1,
                    RedisArgument(dead.id.rawValue)
                )
            }
            let report = try await bench.store.tick(by: heir.id)
            #expect(report.failure?.code == .corrupt && report.failure?.message.contains("{aloft:0}:due") == true)
            #expect(report.fired == 1, "what was done is told all the same")
            #expect(
                try await bench.integer("HLEN", RedisArgument("{aloft:1}:a:\(instance)")) == 0,
                "the timer has fired"
            )
            let isKnown = try await bench.integer("EXISTS", RedisArgument("{aloft:1}:reg:\(dead.id)"))
            #expect(isKnown == 0, "the dead one is found")
        }
    }

    @Test("An index of what has expired that is taken does not keep the dead from being found")
    func expired() async throws {
        try await withBench { bench in
            let (heir, dead) = (
                try await HandWorker.register(on: bench.store), try await HandWorker.register(on: bench.store)
            )
            try await bench.run("SET", "{aloft:0}:expiring:c", "not ours")
            try await bench.silence(dead.id)
            #expect(try await bench.store.tick(by: heir.id).deadWorkers == [dead.id])
        }
    }
}

extension EventBody.SubWorkflowScheduled {
    /// One that ends with its parent.
    fileprivate static func terminated(_ instance: String) -> EventBody.SubWorkflowScheduled {
        EventBody.SubWorkflowScheduled(
            command: CommandID(1),
            workflow: "Sample",
            instance: InstanceID(instance),
            execution: .random(),
            queue: nil,
            input: payload("in"),
            closePolicy: .terminate
        )
    }
}
