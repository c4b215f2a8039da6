import Aloft
import AloftCore
import AloftRedis
import RedisClient
import Testing

/// What a dead worker held, some of it damaged.
@Suite("Taking over what is damaged") struct TakeoverDamageTests {
    private static func registration(_ id: WorkerID) -> WorkerRegistration {
        WorkerRegistration(worker: id, workflowQueues: [.default], activityQueues: [.default], host: "test")
    }

    @Test("What is damaged stays behind and is told; the rest is taken over, and the worker is forgotten")
    func takeover() async throws {
        try await withHostileFleet {
            $0.leaseDuration = .seconds(1)
        } _: { fleet in
            let dead = Self.registration("dead")
            _ = try await fleet.store.beat(dead, isFirst: true)
            for id in ["1", "2", "3", "4", "5"] {
                let start = InstanceStart(instance: InstanceID(id), workflow: "Calls", input: .none)
                _ = try await fleet.store.start(start)
            }
            // Resident on the dead worker, each with an activity that was leased to it.
            var tasks: [WorkflowTask] = []
            try await eventually("all tasks") {
                tasks += try await fleet.store.nextWorkflowTasks(for: dead, limit: 10)
                return tasks.count == 5
            }
            for task in tasks {
                let scheduled = EventBody.ActivityScheduled(
                    command: CommandID(1),
                    name: "text",
                    queue: nil,
                    input: .none,
                    retry: .default
                )
                let bodies = task.inputs.map(\.body) + [.activityScheduled(scheduled)]
                let transition = Transition(
                    id: "t\(task.instance)",
                    worker: "dead",
                    instance: task.instance,
                    execution: task.execution,
                    expectedLength: 0,
                    events: bodies.enumerated().map { Event(number: $0 + 1, timestamp: fleet.store.now, body: $1) },
                    queue: .default,
                    receipt: task.receipt,
                    consumedInputs: 1,
                    activities: [.init(scheduled: scheduled, isEager: true)]
                )
                let outcome = try await fleet.store.commit(transition)
                #expect(outcome == .committed(inputs: []))
            }
            // A hash that is none, an instance that is none, a value that makes no sense, an event that is cut off at its
            // third crash.
            try await fleet.run("DEL", RedisArgument(fleet.key("a:1")))
            try await fleet.run("SET", RedisArgument(fleet.key("a:1")), "not ours")
            try await fleet.run("RENAME", RedisArgument(fleet.key("i:2")), "kept")
            try await fleet.run("SET", RedisArgument(fleet.key("i:2")), "not ours")
            try await fleet.run("HSET", RedisArgument(fleet.key("a:3")), 1, "garbage")
            try await fleet.run("HSET", RedisArgument(fleet.key("a:4")), 1, "1:10:w:default\0dead\0\u{1}")
            let heir = Self.registration("heir")
            _ = try await fleet.store.beat(heir, isFirst: true)
            try await fleet.run("ZADD", RedisArgument(fleet.key("workers")), 1, "dead")
            let report = try await fleet.store.tick(by: "heir")
            #expect(report.deadWorkers == ["dead"])
            let known = try await fleet.run("ZSCORE", RedisArgument(fleet.key("workers")), "dead").nonNull
            #expect(known == nil)
            let told = fleet.log.lines(with: "cannot be taken over")
            #expect(told.count == 3, "\(told)")
            try await eventually("the rest is handed out") {
                try await fleet.store.nextActivityTasks(for: heir, limit: 10).contains { $0.instance == "5" }
            }
            let findings = try await fleet.audit()
            #expect(findings.contains { $0.instance == "1" && $0.kind == .unreadable }, "\(findings)")
            #expect(findings.contains { $0.instance == "3" && $0.kind == .unreadable }, "\(findings)")
        }
    }
}
