import Aloft
import AloftCore
import AloftRedis
import RedisClient
import Testing

/// Keys of a foreign type at our names, and a worker that meets them while it works.
@Suite("Foreign keys, met by a fleet") struct ForeignKeyFleetTests {
    @Test("An instance with a foreign key says so; others go on, and it does when the key is gone")
    func instance() async { await sideBySide(["h", "a", "d", "ex"], instance) }

    @Sendable private func instance(_ kind: String) async throws {
        let foreign = ForeignKey(name: "\(kind):victim", type: "")
        // With this setting the history of a continued execution is kept, and noted.
        try await withHostileFleet {
            $0.continuedRetention = .seconds(60)
        } _: { fleet in
            try await foreign.plant(in: fleet)
            let victim = try await fleet.client.start(Restarts.self, "victim", id: "victim")
            let neighbour = try await fleet.client.start(Restarts.self, "neighbour", id: "neighbour")
            try await fleet.withWorker(Everything.components + [.workflow(Restarts.self)]) {
                try await neighbour.signal(Everything.go, "unharmed")
                let unharmed = try await neighbour.result()
                #expect(unharmed == "NEIGHBOUR unharmed")
                if kind == "d" {
                    await #expect { try await victim.signal(Everything.go, "later", id: "id") } throws: {
                        "\($0)".contains(fleet.key(foreign.name))
                    }
                } else {
                    try await victim.signal(Everything.go, "later", id: "id")
                    try await eventually("the problem is shown, \(kind)") {
                        try await victim.state().problem?.contains(fleet.key(foreign.name)) == true
                    }
                }
                let lines = fleet.log.lines.count
                try await Task.sleep(for: .milliseconds(300))
                #expect(fleet.log.lines.count - lines < 60, "it does not spin, \(kind)")

                try await foreign.remove(from: fleet)
                if kind == "d" { try await victim.signal(Everything.go, "later", id: "id") }
                let result = try await victim.result()
                #expect(result == "VICTIM later")
                let events = try await victim.history()
                #expect(events.map(\.number) == Array(1...events.count))
                let findings = try await fleet.audit()
                #expect(findings == [], "\(kind)")
            }
        }
    }

    @Test("A start that meets a foreign key leaves nothing, and succeeds when the key is gone", arguments: ["i", "in"])
    func start(_ kind: String) async throws {
        try await withHostileFleet { fleet in
            let foreign = ForeignKey(name: "\(kind):victim", type: "")
            try await foreign.plant(in: fleet)
            for options in [StartOptions(), StartOptions(memo: ["a": "b"])] {
                await #expect {
                    try await fleet.client.start(Echo.self, "a", id: "victim", options: options)
                } throws: {
                    "\($0)".contains(fleet.key(foreign.name))
                }
            }
            let findings = try await fleet.audit().filter { $0.kind != .orphan && $0.kind != .unreadable }
            #expect(findings == [])
            try await foreign.remove(from: fleet)
            try await fleet.withWorker(Everything.components) {
                let result = try await fleet.client.start(Echo.self, "a", id: "victim").result()
                #expect(result == "a")
            }
        }
    }

    @Test("The inbox of an open instance that is taken: its outcomes wait until it is given back")
    func inbox() async throws {
        try await withHostileFleet { fleet in
            let gate = Gate()
            let components: [WorkerComponent] = [
                .workflow(Calls.self), .workflow(Everything.self), .workflow(Echo.self),
                .activity(
                    ActivityFunction("shout") { (text: String) in
                        if text == "victim" { await gate.wait() }
                        return text.uppercased()
                    }
                ),
            ]
            let options = WorkerOptions(
                maximumResidents: 0,
                eagerActivities: false,
                gracePeriod: .seconds(1),
                problemRetryInterval: .milliseconds(50)
            )
            try await fleet.withWorker(components, options) {
                let victim = try await fleet.client.start(Calls.self, "victim", id: "victim")
                try await gate.reached()
                let foreign = ForeignKey(name: "in:victim", type: "list")
                try await foreign.plant(in: fleet)
                gate.open()
                try await eventually("the outcome is refused") {
                    !fleet.log.lines(with: "record the outcome").isEmpty
                }
                let neighbour = try await fleet.client.start(Calls.self, "neighbour").result()
                #expect(neighbour == "NEIGHBOUR")
                try await foreign.remove(from: fleet)
                let result = try await victim.result()
                #expect(result == "VICTIM")
            }
        }
    }

    @Test("A foreign key in the place of an instance does not keep others from what is due for them")
    func due() async throws {
        try await withHostileFleet { fleet in
            try await fleet.withWorker([.workflow(Naps.self)]) {
                let victim = try await fleet.client.start(Naps.self, 200, id: "victim")
                try await eventually("it sleeps") { try await victim.state().historyLength == 2 }
                let key = RedisArgument(fleet.key("i:victim"))
                try await fleet.run("RENAME", key, "kept")
                try await fleet.run("SET", key, "not ours")
                try await eventually("it is told") { !fleet.log.lines(with: "cannot be carried out").isEmpty }
                let line = try #require(fleet.log.lines(with: "cannot be carried out").first)
                #expect(line.contains("victim") && line.contains("WRONGTYPE"))
                let neighbour = try await fleet.client.start(Naps.self, 1).result()
                #expect(neighbour == 1)
                #expect(fleet.log.lines(with: "cannot be carried out").count == 1, "it is put off")

                try await fleet.run("DEL", key)
                try await fleet.run("RENAME", "kept", key)
                let member = try await fleet.run("ZRANGE", RedisArgument(fleet.key("due")), 0, 0).array[0].bytes
                try await fleet.run("ZADD", RedisArgument(fleet.key("due")), 1, RedisArgument(member))
                let result = try await victim.result()
                #expect(result == 200)
            }
        }
    }

    /// Nobody else looks for the dead than ticks.
    @Test("Where the due set or the outbox is taken, the dead are found all the same", arguments: ["due", "outbox"])
    func dead(_ name: String) async throws {
        try await withHostileFleet { fleet in
            let gone = WorkerRegistration(workflowQueues: [.default], activityQueues: [], host: "gone")
            _ = try await fleet.store.beat(gone, isFirst: true)
            let handle = try await fleet.client.start(Echo.self, "text", id: "held")
            try await eventually("it has the task") {
                !(try await fleet.store.nextWorkflowTasks(for: gone, limit: 1).isEmpty)
            }
            let foreign = try #require(ForeignKey.common.first { $0.name == name })
            try await foreign.plant(in: fleet)
            try await fleet.store.declareDead([gone.worker], lastWords: nil)
            var report: TickReport?
            try await eventually("it is found") {
                report = try? await fleet.store.tick(by: "somebody")
                return report?.deadWorkers == [gone.worker]
            }
            #expect(report?.failure?.message.contains(fleet.key(name)) == true, "and the key is told")
            try await foreign.remove(from: fleet)
            try await fleet.withWorker(Everything.components) {
                let result = try await handle.result()
                #expect(result == "text")
            }
        }
    }

    @Test("A queue or an index that is taken: the calls say so, and all goes on when it is given back")
    func common() async {
        let untouchable = ["workers", "audit", "instances"]
        let keys = ForeignKey.ofQueues + ForeignKey.common.filter { !untouchable.contains($0.name) }
        await sideBySide(keys, common)
    }

    @Sendable private func common(_ foreign: ForeignKey) async throws {
        try await withHostileFleet { fleet in
            try await fleet.withWorker(Everything.components) {
                let handle = try await fleet.client.start(Everything.self, "one", id: "one")
                try await eventually("it waits") { try await handle.state().historyLength > 0 }
                try await foreign.plant(in: fleet)
                _ = try? await handle.signal(Everything.go, "went on", id: "id")
                let lines = fleet.log.lines.count
                try await Task.sleep(for: .milliseconds(300))
                #expect(fleet.log.lines.count - lines < 100, "it does not spin")
                try await foreign.remove(from: fleet)
                try await eventually("the signal arrives") {
                    (try? await handle.signal(Everything.go, "went on", id: "id")) != nil
                }
                _ = try await fleet.audit(repair: true)
                let result = try await handle.result()
                #expect(result == "ONE went on")
            }
        }
    }

    /// Continues as new, and then does as others do.
    struct Restarts: Workflow {
        func run(_ context: WorkflowContext, _ text: String) async throws -> String {
            guard text.hasPrefix("again ") else { throw context.continueAsNew("again " + text) }
            let name = String(text.dropFirst(6))
            let word = try await context.receive(Everything.go)
            let shouted = try await context.activity(ActivityReference<String, String>("shout"), name)
            try await context.sleep(for: .milliseconds(5))
            return "\(shouted) \(word)"
        }
    }

    struct Calls: Workflow {
        func run(_ context: WorkflowContext, _ text: String) async throws -> String {
            try await context.activity(ActivityReference<String, String>("shout"), text)
        }
    }

    struct Naps: Workflow {
        func run(_ context: WorkflowContext, _ milliseconds: Int) async throws -> Int {
            try await context.sleep(for: .milliseconds(milliseconds))
            return milliseconds
        }
    }
}
