import AloftCore
import AloftRedis
import RedisClient
import Testing

/// What instances of different partitions do to each other, and what becomes of it when processes die in between.
@Suite struct OutboxTests {
    /// A process that commits, but dies before it delivers, leaves its messages to whoever ticks next; the order is kept.
    @Test func whatADeadProcessLeftIsDeliveredByTheNextTick() async throws {
        try await withSpreadBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            bench.store.courier.pause(true)
            let (_, child) = try await bench.family(worker) { transition, child in
                transition.cancelledSubWorkflows = [child.command]
                transition.signals = (1...3).map { .to(child.instance, command: 10 + $0, "\($0)") }
            }
            #expect(try await bench.store.state(of: child.instance) == nil)
            #expect(try await bench.integer("XLEN", "{aloft:0}:outbox") == 5)
            try await bench.withOther { other in
                let witness = try await HandWorker.register(on: other, workflows: ["idle"], activities: [])
                _ = try await other.tick(by: witness.id)
            }
            #expect(try await bench.integer("XLEN", "{aloft:0}:outbox") == 0)
            let bodies = try await bench.inbox(of: child.instance)
            guard bodies.count == 5, case .started(let started) = bodies[0], case .cancelRequested = bodies[4] else {
                Issue.record("\(bodies)")
                return
            }
            #expect(started.parent?.instance == bench.id(0) && started.queue == .default)
            #expect(bodies[1...3].map(\.self) == ["1", "2", "3"].map { .signal($0) })
            let outcomes = try await bench.inbox(of: bench.id(0))
            #expect(outcomes == [11, 12, 13].map { .signalDelivered(CommandID($0)) })
        }
    }

    /// More bytes wait in an outbox than one answer may have.
    @Test func largeMessagesComeInPortions() async throws {
        try await withSpreadBench(maximumReplyBytes: 1 << 20) { bench in
            let worker = try await HandWorker.register(on: bench.store)
            bench.store.courier.pause(true)
            #expect(try await bench.store.start(.sample(bench.id(0))) == .started)
            var task = try await worker.task()
            var length = 0
            let children = bench.ids(1, count: 25)
            for (number, id) in children.enumerated() {
                var child = EventBody.SubWorkflowScheduled.sample(number + 1, id)
                child.input = Payload(bytes: Array(repeating: 120, count: 100_000), encoding: .json)
                var next = worker.transition(of: task, after: length, outputs: [.subWorkflowScheduled(child)])
                next.subWorkflows = [child]
                next.isResident = false
                length += next.events.count
                _ = try await worker.commit(next)
                guard number + 1 < children.count else { break }
                try await bench.store.deliver(.signal("next"), to: bench.id(0), execution: nil, id: nil)
                task = try await worker.task()
            }
            #expect(try await bench.integer("XLEN", "{aloft:0}:outbox") == 25)
            bench.store.courier.pause(false)
            _ = try await bench.store.tick(by: worker.id)
            #expect(try await bench.integer("XLEN", "{aloft:0}:outbox") == 0)
            for id in children { #expect(try await bench.inbox(of: id).count == 1) }
        }
    }

    /// A process that dies between receiving and deleting makes everybody receive again.
    @Test func whatIsDeliveredTwiceArrivesOnce() async throws {
        try await withSpreadBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            bench.store.courier.pause(true)
            let (_, child) = try await bench.family(worker) { transition, child in
                transition.cancelledSubWorkflows = [child.command]
                transition.signals = [.to(child.instance, command: 9, "one")]
            }
            try await bench.run("COPY", "{aloft:0}:outbox", "{aloft:0}:copy")
            bench.store.courier.pause(false)
            _ = try await bench.store.tick(by: worker.id)
            let once = try await bench.inbox(of: child.instance)
            #expect(once.count == 3)
            try await bench.run("RENAME", "{aloft:0}:copy", "{aloft:0}:outbox")
            _ = try await bench.store.tick(by: worker.id)
            #expect(try await bench.integer("XLEN", "{aloft:0}:outbox") == 0)
            #expect(try await bench.inbox(of: child.instance) == once)
            #expect(try await bench.inbox(of: bench.id(0)) == [.signalDelivered(CommandID(9))])
        }
    }

    @Test func severalCouriersAtOnceDeliverOnceAndInOrder() async throws {
        try await withSpreadBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let target = bench.id(1)
            _ = try await bench.store.start(.sample(target))
            let task = try await worker.task()
            bench.store.courier.pause(true)
            _ = try await bench.store.start(.sample(bench.id(0)))
            let held = try await worker.task()
            var first = worker.transition(of: held)
            first.signals = (1...250).map { .to(target, command: $0, "\($0)") }
            _ = try await worker.commit(first)
            let ids = (1...250).map { EventBody.signal("\($0)") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        try await bench.withOther { other in
                            let witness = try await HandWorker.register(on: other, workflows: ["idle"], activities: [])
                            _ = try await other.tick(by: witness.id)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await bench.inbox(of: target).dropFirst().map(\.self) == ids)
            #expect(try await bench.inbox(of: bench.id(0)).count == 250)
            _ = task
        }
    }

    @Test func aChildInAnotherPartitionTellsItsParentAndIsClosedWithIt() async throws {
        try await withSpreadBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let (task, child) = try await bench.family(worker) { _, _ in }
            let childTask = try await worker.task()
            #expect(childTask.instance == child.instance)
            // The last batch is long, and its last event has a size of several bytes.
            let outputs = (1...300).map { EventBody.sideEffectRecorded(CommandID($0), payload("\($0)")) }
            let result = payload(String(repeating: "r", count: 1_000))
            _ = try await worker.commit(
                worker.transition(of: childTask, outputs: outputs + [.workflowCompleted(result)])
            )
            let told = try await worker.task()
            #expect(told.instance == task.instance)
            #expect(told.inputs.map(\.body) == [.subWorkflowCompleted(child.command, result)])
            #expect(try await bench.integer("EXISTS", "{aloft:0}:a:\(task.instance)") == 0)
        }
    }

    @Test func anIdInUseInAnotherPartitionIsTold() async throws {
        try await withSpreadBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            _ = try await bench.store.start(.sample(bench.id(1)))
            _ = try await worker.task()
            let (task, child) = try await bench.family(worker) { _, _ in }
            #expect(child.instance == bench.id(1))
            let told = try await worker.task()
            guard told.instance == task.instance,
                case .subWorkflowFailed(child.command, let failure)? = told.inputs.first?.body
            else {
                Issue.record("\(told)")
                return
            }
            #expect(failure.kind == .alreadyExists)
        }
    }

    /// One bad message must not hold up those behind it.
    @Test func aMessageThatNobodyUnderstandsIsDropped() async throws {
        try await withSpreadBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            bench.store.courier.pause(true)
            try await bench.run("XADD", "{aloft:0}:outbox", "*", "b", "{aloft:1}:", "k", "z", "i", "x")
            try await bench.run("XADD", "{aloft:0}:outbox", "*", "b", "{other:1}:", "k", "s", "i", "x")
            let (_, child) = try await bench.family(worker) { _, _ in }
            bench.store.courier.pause(false)
            _ = try await bench.store.tick(by: worker.id)
            #expect(try await bench.integer("XLEN", "{aloft:0}:outbox") == 0)
            #expect(try await bench.store.state(of: child.instance) != nil)
        }
    }

    @Test func aThousandSubWorkflowsStartAndAreClosed() async throws {
        try await withSpreadBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            _ = try await bench.store.start(.sample(bench.id(0)))
            var first = worker.transition(of: try await worker.task())
            first.subWorkflows = (1...1_000).map { .sample($0, "child-\($0)", policy: .terminate) }
            _ = try await worker.commit(first)
            #expect(try await bench.store.instanceCounts() == [.running: 1_001])
            try await bench.store.terminate(bench.id(0), execution: nil, reason: "enough")
            #expect(try await bench.store.instanceCounts() == [.terminated: 1_001])
            #expect(try await bench.store.complaints() == [])
        }
    }

    /// An audit looks into the other partition, but what is on its way is no finding.
    @Test func aParentIsToldOfASubWorkflowThatIsGone() async throws {
        try await withSpreadBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            bench.store.courier.pause(true)
            let (_, child) = try await bench.family(worker) { _, _ in }
            #expect(try await bench.store.complaints() == [])
            bench.store.courier.pause(false)
            _ = try await bench.store.tick(by: worker.id)
            #expect(try await bench.store.complaints() == [])
            bench.store.courier.pause(true)
            try await bench.store.terminate(child.instance, execution: nil, reason: "enough")
            try await bench.store.remove(child.instance)
            #expect(try await bench.store.complaints() == [])
            // The news is lost.
            try await bench.run("XTRIM", "{aloft:1}:outbox", "MAXLEN", 0)
            bench.store.courier.pause(false)
            for repair in [false, true] {
                let report = try await bench.store.audit(repair: repair)
                #expect(report.findings.map(\.kind) == [.lostOutcome] && report.repaired == (repair ? 1 : 0))
            }
            guard case .subWorkflowFailed(child.command, let failure)? = try await bench.inbox(of: bench.id(0)).first
            else {
                Issue.record("the parent was not told")
                return
            }
            #expect(failure.kind == .notFound)
            #expect(try await bench.store.complaints() == [])
        }
    }

    @Test func afterItsRetentionNothingIsLeftOfAFamily() async throws {
        try await withSpreadBench(retention: .milliseconds(1)) { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let before = try await bench.keyCount
            let (_, child) = try await bench.family(worker) { transition, child in
                transition.signals = [.to(child.instance, command: 9, "one")]
            }
            try await bench.store.terminate(bench.id(0), execution: nil, reason: "enough")
            #expect(try await bench.inbox(of: child.instance).count == 3)
            try await bench.store.terminate(child.instance, execution: nil, reason: "enough")
            try await eventually("everything has expired") {
                _ = try await bench.store.tick(by: worker.id)
                return try await bench.keyCount == before
            }
        }
    }
}

extension EventBody.SignalScheduled {
    fileprivate static func to(_ instance: InstanceID, command: Int, _ text: String) -> EventBody.SignalScheduled {
        .init(command: CommandID(command), instance: instance, name: "signal", payload: AloftRedisTests.payload(text))
    }
}

extension EventBody.SubWorkflowScheduled {
    fileprivate static func sample(
        _ command: Int,
        _ instance: InstanceID,
        policy: ParentClosePolicy = .cancel
    ) -> EventBody.SubWorkflowScheduled {
        .init(
            command: CommandID(command),
            workflow: "Child",
            instance: instance,
            execution: .random(),
            input: payload("in"),
            closePolicy: policy
        )
    }
}

/// A bench whose store has four partitions.
private func withSpreadBench(
    retention: Duration = .seconds(3600),
    maximumReplyBytes: Int = 64 << 20,
    _ body: (Bench) async throws -> Void
) async throws {
    let setup = BenchSetup.with { configuration in
        configuration.partitions = 4
        configuration.retention = retention
        configuration.redis.maximumReplyBytes = maximumReplyBytes
    }
    try await withBench(setup, body)
}

extension Bench {
    /// An instance id in this partition of four.
    fileprivate func id(_ partition: Int) -> InstanceID {
        let map = PartitionMap(prefix: "aloft", count: 4)
        for number in 0..<10_000 {
            let id = InstanceID("order-\(number)")
            if map[id].base == "{aloft:\(partition)}:" { return id }
        }
        return "none"
    }

    /// So many instance ids in this partition of four.
    fileprivate func ids(_ partition: Int, count: Int) -> [InstanceID] {
        let map = PartitionMap(prefix: "aloft", count: 4)
        let all = (0..<10_000).lazy.map { InstanceID("order-\($0)") }
        return Array(all.filter { map[$0].base == "{aloft:\(partition)}:" }.prefix(count))
    }

    /// An instance in partition 0 whose first transition starts one in partition 1.
    fileprivate func family(
        _ worker: HandWorker,
        _ change: (inout Transition, EventBody.SubWorkflowScheduled) -> Void
    ) async throws -> (parent: WorkflowTask, child: EventBody.SubWorkflowScheduled) {
        #expect(try await store.start(.sample(id(0))) == .started)
        let task = try await worker.task()
        let child = EventBody.SubWorkflowScheduled.sample(1, id(1))
        var first = worker.transition(of: task, outputs: [.subWorkflowScheduled(child)])
        first.subWorkflows = [child]
        change(&first, child)
        _ = try await worker.commit(first)
        return (task, child)
    }

    /// What waits for an instance.
    fileprivate func inbox(of instance: InstanceID) async throws -> [EventBody] {
        let keys = PartitionMap(prefix: "aloft", count: 4)[instance]
        let inputs = try await run("LRANGE", RedisArgument(keys.base + "in:" + instance.rawValue), 0, -1).array
        return try inputs.map { input in
            let bytes = try input.bytes
            let colon = try #require(bytes.firstIndex(of: 0x3a))
            return try EventBody(encoded: bytes[(colon + 1)...])
        }
    }

    /// Another process on the same server.
    fileprivate func withOther(_ body: (RedisStore) async throws -> Void) async throws {
        let other = try await RedisStore(store.configuration, logger: quiet)
        do {
            try await body(other)
            await other.shutdown()
        } catch {
            await other.shutdown()
            throw error
        }
    }
}
