import AloftCore
import AloftRedis
import RedisClient
import Testing

/// Something that happens to the keys of a store, and what an audit makes of it.
struct Damage: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// The kinds of findings, exactly.
    let kinds: Set<AuditFinding.Kind>
    /// Brings the instance "order-1" where the damage meets it.
    let prepare: @Sendable (Scene) async throws -> Void
    let damage: @Sendable (Scene) async throws -> Void
    /// How the instance ends once that is repaired; what its result begins with.
    let result: String

    init(
        _ name: String,
        _ kinds: Set<AuditFinding.Kind>,
        result: String,
        prepare: @escaping @Sendable (Scene) async throws -> Void,
        damage: @escaping @Sendable (Scene) async throws -> Void
    ) {
        self.testDescription = name
        self.kinds = kinds
        self.result = result
        self.prepare = prepare
        self.damage = damage
    }

    func run() async throws {
        try await withBench(.with { $0.pollDuration = .milliseconds(10) }) { bench in
            let scene = Scene(bench: bench, worker: try await HandWorker.register(on: bench.store, id: "first"))
            try await scene.addNeighbour()
            try await prepare(scene)
            let before = try await bench.store.audit()
            #expect(before.findings == [])
            try await damage(scene)

            let snapshot = try await bench.snapshot()
            let found = try await bench.store.audit()
            #expect(Set(found.findings.map(\.kind)) == kinds, "\(found.findings)")
            #expect(found.findings.allSatisfy { $0.instance != Scene.neighbour && !$0.isRepaired }, "\(found.findings)")
            #expect(try await bench.snapshot() == snapshot)

            let repaired = try await bench.store.audit(repair: true)
            #expect(!repaired.findings.isEmpty && repaired.findings.allSatisfy(\.isRepaired), "\(repaired.findings)")
            // A stream that is made again has no group until a worker reads it, or the audit comes to it.
            #expect(
                Set(repaired.findings.map(\.kind)).isSubset(of: kinds.union([.lostGroup])),
                "\(repaired.findings)"
            )
            let after = try await bench.store.audit()
            #expect(after.findings == [])

            let second = try await HandWorker.register(on: bench.store, id: "second")
            _ = try await bench.drive("order-1", by: second)
            let ended = try await bench.result(of: "order-1")
            #expect(ended.hasPrefix(result), "\(ended)")
            #expect(try await bench.store.complaints() == [])
            #expect(try await bench.store.state(of: Scene.neighbour)?.status == .running)
        }
    }
}

/// A store with an instance that is to be damaged, and one that is not.
struct Scene: Sendable {
    static let neighbour: InstanceID = "neighbour"
    /// A queue that nobody serves who drives the instance.
    static let elsewhere: TaskQueue = "elsewhere"

    let bench: Bench
    let worker: HandWorker
    var store: RedisStore { bench.store }

    func key(_ rest: String) -> RedisArgument { bench.key(rest) }

    @discardableResult
    func run(_ name: String, _ arguments: RedisArgument...) async throws -> RedisValue {
        try await bench.redis.send(RedisCommand(arguments: [RedisArgument(name)] + arguments))
    }

    func execution(of instance: InstanceID = "order-1") async throws -> String {
        try #require(try await store.state(of: instance)).execution.rawValue
    }

    /// Takes what is due for the instance out of the due set.
    func forgetDue(_ kind: String, command: String = "") async throws {
        let tail = command.isEmpty ? "" : "\0" + String(repeating: "0", count: 10 - command.count) + command
        let member = RedisArgument("\(kind)\0order-1\0\(try await execution())\(tail)")
        #expect(try await run("ZREM", key("due"), member).int == 1)
    }

    /// An instance with something of everything: a task, an activity in its queue, a timer, an execution timeout.
    func addNeighbour() async throws {
        var start = InstanceStart.sample(Self.neighbour)
        start.queue = Self.elsewhere
        start.executionTimeout = .seconds(3600)
        let hand = try await HandWorker.register(
            on: store,
            id: "elsewhere",
            workflows: [Self.elsewhere],
            activities: [Self.elsewhere]
        )
        _ = try await store.start(start)
        let due = store.now + .seconds(3600)
        let outputs: [EventBody] = [.activity(1, queue: Self.elsewhere), .timer(2, due: due)]
        var first = hand.transition(of: try await hand.task(), outputs: outputs)
        first.isResident = false
        _ = try await hand.commit(first)
        try await store.deliver(.signal("hello"), to: Self.neighbour, execution: nil, id: "one")
        try await store.leave(hand.registration)
    }

    /// Starts "order-1", which begins with these and waits.
    func begin(_ outputs: [EventBody], _ waits: [Wait]) async throws {
        _ = try await store.start(.sample("order-1"))
        var first = worker.transition(of: try await worker.task(), outputs: outputs)
        first.isResident = false
        first.waits = WaitSummary(waits)
        _ = try await worker.commit(first)
    }

    /// A sub-workflow of "order-1" on a queue that nobody serves.
    func addChild(timeout: Duration? = nil, waits: [Wait] = []) async throws {
        _ = try await store.start(.sample("order-1"))
        let child = EventBody.SubWorkflowScheduled(
            command: CommandID(1),
            workflow: "Child",
            instance: "child",
            execution: .random(),
            queue: "children",
            input: payload("in"),
            executionTimeout: timeout
        )
        var first = worker.transition(of: try await worker.task(), outputs: [.subWorkflowScheduled(child)])
        first.subWorkflows = [child]
        first.isResident = false
        first.waits = WaitSummary(waits)
        _ = try await worker.commit(first)
    }

    /// Ends "order-1".
    func finish() async throws {
        _ = try await bench.drive("order-1", by: worker)
    }
}
