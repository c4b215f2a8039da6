import Aloft
import AloftCore
import AloftRedis
import RedisClient
import Testing

/// Names that mean something to Redis, to a log, or to Swift, from clients through Redis and workflow code and back.
@Suite("Odd names") struct NameTests {
    static let names = [
        "{42}", "}{", "{aloft:0}:i:one", "a:b::c", "*", "?[a-z]*", "\\", "\"quoted\"", "'", "%d %s %z", "$(x)", "a b",
        " ", "-1",
        "0", "nil", "a|b", "a,b", "a;b", "\u{301}", "a\u{301}", "\u{e1}", "e\u{301}\u{301}", "\u{202e}abc",
        "\u{200f}שלום",
        "\u{200b}", "\u{feff}", "🕊️", "👨‍👩‍👧‍👦", "Å", "A\u{30a}", "\u{212b}", "ﬁ", "fi", "İ", "i\u{307}", "\u{fffd}",
        "\u{10ffff}",
        String(repeating: "x", count: 255), String(repeating: "é", count: 127), "a/b", "../..", "#", "<script>",
    ]

    static let refused = [
        "", "\0", "a\0b", "a\n", "\r", "\t", "\u{7f}", "\u{85}", "\u{9b}31m", "\u{2028}", "\u{2029}",
        String(repeating: "x", count: 256), String(repeating: "é", count: 128),
    ]

    /// Passes a name on everywhere a name can go.
    struct Passes: Workflow {
        func run(_ context: WorkflowContext, _ name: String) async throws -> [String] {
            let signal = try await context.receive(Signal<String>(name))
            try await context.timeout(.seconds(60)) { try await context.sleep(for: .milliseconds(1)) }
            let echoed = try await context.subWorkflow(
                WorkflowReference<String, String>("Echo"),
                name,
                options: SubWorkflowOptions(
                    id: InstanceID("child of \(name)".utf8.count > 255 ? "long child" : "child of \(name)")
                )
            )
            let shouted = try await context.activity(
                ActivityReference<String, String>("same"),
                name,
                options: ActivityOptions(queue: TaskQueue(name))
            )
            return [signal, echoed, shouted]
        }
    }

    @Test("Each is an instance, a queue, a signal and an id of its own", arguments: [1, 4])
    func everywhere(_ partitions: Int) async throws {
        try await withHostileFleet {
            $0.partitions = partitions
        } _: { fleet in
            let components: [WorkerComponent] = [
                .workflow(Passes.self), .workflow(Echo.self),
                .activity(ActivityFunction("same") { (text: String) in text }),
            ]
            let queues = Self.names.map { TaskQueue($0) }
            try await fleet.withWorker(components, queues: queues) {
                let names = Self.names.filter { $0.utf8.count < 200 }
                for name in names {
                    let handle = try await fleet.client.start(
                        Passes.self,
                        name,
                        id: InstanceID(name),
                        queue: TaskQueue(name),
                        options: StartOptions(memo: [name: name])
                    )
                    // Two that look alike are two.
                    try await handle.signal(Signal<String>(name), "1", id: name)
                    try await handle.signal(Signal<String>(name), "1", id: name)
                }
                for name in names {
                    let handle = fleet.client.handle(InstanceID(name), of: Passes.self)
                    let result = try await handle.result()
                    #expect(result.map { Array($0.utf8) } == ["1", name, name].map { Array($0.utf8) }, "\(name)")
                    let state = try await handle.state()
                    #expect(state.memo == [name: name] && state.queue == TaskQueue(name))
                    let signals = try await handle.history().filter {
                        if case .signalReceived = $0.body { true } else { false }
                    }
                    #expect(signals.count == 1)
                }
                var listed: Set<InstanceID> = []
                for try await state in fleet.client.instances() { listed.insert(state.instance) }
                #expect(listed.isSuperset(of: names.map { InstanceID($0) }))
                let findings = try await fleet.audit()
                #expect(findings == [])
                for name in names { try await fleet.client.handle(InstanceID(name), of: Passes.self).remove() }
                var left: [InstanceID] = []
                for try await state in fleet.client.instances() { left.append(state.instance) }
                #expect(left.allSatisfy { $0.rawValue.contains("child") }, "\(left)")
            }
        }
    }

    @Test("Others are refused at every call, before anything is sent")
    func refusals() async throws {
        try await withHostileFleet { fleet in
            for name in Self.refused { try await refusal(name, fleet) }
        }
    }

    private func refusal(_ name: String, _ fleet: HostileFleet) async throws {
        let before = try await fleet.integer("DBSIZE")
        let id = InstanceID(name)
        let handle = fleet.client.handle(id, of: Echo.self)
        let calls: [@Sendable () async throws -> Void] = [
            { try await fleet.client.start(Echo.self, "a", id: id) },
            { try await fleet.client.start(Echo.self, "a", queue: TaskQueue(name)) },
            { try await fleet.client.start(WorkflowReference<String, String>(name), "a") },
            { _ = try await handle.state() }, { _ = try await handle.result() }, { _ = try await handle.history() },
            { try await handle.signal(Everything.go, "a") }, { try await handle.cancel() },
            { try await handle.terminate() }, { try await handle.remove() }, { _ = try await handle.release() },
            { _ = try await handle.pendingActivities() },
            { try await fleet.client.handle("one", of: Echo.self).signal(Signal<String>(name), "a") },
            { try await fleet.client.handle("one", of: Echo.self).signal(Everything.go, "a", id: name) },
        ]
        for (number, call) in calls.enumerated() {
            await #expect("call \(number)") { try await call() } throws: {
                ($0 as? StoreError)?.code == .invalidIdentifier
            }
        }
        let after = try await fleet.integer("DBSIZE")
        #expect(after == before)
        var configuration = fleet.configuration
        configuration.prefix = name
        await #expect { _ = try await RedisStore(configuration) } throws: {
            ($0 as? StoreError)?.code == .misconfigured
        }
    }
}
