import Aloft
import AloftCore
import AloftRedis
import RedisClient
import Testing

/// What an instance reads that nobody of ours has written: it is left as it is with the problem shown, and others go on.
@Suite("Garbage in instances") struct InstanceDamageTests {
    /// An input that cannot be read.
    struct Input: Sendable {
        let name: String
        let bytes: [UInt8]
        /// A part of what is shown.
        let problem: String

        init(_ name: String, _ bytes: [UInt8], _ problem: String) {
            self.name = name
            self.bytes = bytes
            self.problem = problem
        }

        static let stamp = Array("1700000000000:".utf8)
        static let all = [
            Input("nothing", [], "time stamp"), Input("no time stamp", Array("garbage".utf8), "time stamp"),
            Input("a time stamp that is no number", Array("x:y".utf8), "time stamp"),
            Input("a time stamp of 100 digits", [UInt8](repeating: 0x39, count: 100) + [0x3a, 1, 4, 1], "time stamp"),
            Input("no event", stamp, "end too early"), Input("bytes of no text", [0xff, 0xfe, 0x00], "time stamp"),
            Input("an event that ends too early", stamp + [1, 5, 200], "end too early"),
            Input("an unknown kind", stamp + [1, 63, 0], "kind 63"),
            Input("a newer format", stamp + [2, 5, 0, 0, 0], "newer version"),
            Input(
                "a length of 2^62",
                stamp + [1, 5, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x3f],
                "end too early"
            ),
            Input("a number of 80 bits", stamp + [1, 4] + [UInt8](repeating: 0xff, count: 12), "64 bits"),
            Input("an output", stamp + EventBody.workflowCompleted(.none).encoded, "not an input"),
            Input(
                "a second start",
                stamp + EventBody.started(.init(workflow: "Echo", queue: "q", input: .none)).encoded,
                "twice"
            ),
        ]
    }

    @Test("An input that cannot be read is shown; without it the instance goes on")
    func inputs() async throws {
        try await withHostileFleet { fleet in
            var handles: [InstanceHandle<String>] = []
            for (number, input) in Input.all.enumerated() {
                handles.append(try await fleet.client.start(Everything.self, "one", id: "bad-\(number)"))
                try await fleet.run("RPUSH", RedisArgument(fleet.key("in:bad-\(number)")), RedisArgument(input.bytes))
            }
            let victims = handles
            for options in [.cold, WorkerOptions.hasty] {
                try await fleet.hasten()
                try await fleet.withWorker(Everything.components, options) {
                    for (victim, input) in zip(victims, Input.all) {
                        try await eventually("the problem is shown: \(input.name)") {
                            try await victim.state().problem?.contains(input.problem) == true
                        }
                    }
                    let lines = fleet.log.lines.count
                    let neighbour = try await fleet.client.start(Everything.self, "two")
                    try await neighbour.signal(Everything.go, "unharmed")
                    let unharmed = try await neighbour.result()
                    #expect(unharmed == "TWO unharmed")
                    try await Task.sleep(for: .milliseconds(200))
                    #expect(fleet.log.lines.count - lines < 40 * victims.count, "it does not spin")
                }
            }
            let unreadable = Set(try await fleet.audit().filter { $0.kind == .unreadable }.compactMap(\.instance))
            for (victim, input) in zip(victims, Input.all) {
                if input.problem == "time stamp" { #expect(unreadable.contains(victim.instance), "\(input.name)") }
                let inbox = RedisArgument(fleet.key("in:\(victim.instance)"))
                let removed = try await fleet.integer("LREM", inbox, 1, RedisArgument(input.bytes))
                #expect(removed == 1)
                try await victim.signal(Everything.go, "went on")
            }
            _ = try await fleet.audit(repair: true)
            try await fleet.hasten()
            try await fleet.withWorker(Everything.components) {
                for victim in victims {
                    let result = try await victim.result()
                    #expect(result == "ONE went on")
                }
            }
        }
    }

    /// Fields and batches of an open instance, damaged: what is written, and a part of what is shown.
    struct Damage: Sendable, CustomStringConvertible {
        let description: String
        let commands: [[RedisArgument]]
        let problem: String
        var isFound = true

        static func field(_ name: String, _ value: RedisArgument, _ problem: String, isFound: Bool = false) -> Damage {
            Damage(
                description: "field \(name)",
                commands: [["HSET", "i:one", RedisArgument(name), value]],
                problem: problem,
                isFound: isFound
            )
        }

        static func batch(_ name: String, _ bytes: [UInt8], _ problem: String, isFound: Bool = true) -> Damage {
            let command: [RedisArgument] = ["LSET", "h:one", 0, RedisArgument(bytes)]
            return Damage(description: name, commands: [command], problem: problem, isFound: isFound)
        }

        static let all: [Damage] = [
            .field("n", "9000000000000000000", "should have 9000000000000000000", isFound: true),
            .field("n", "-1", "should have -1", isFound: true), .field("n", "many", "not a number", isFound: true),
            .field("c", "yesterday", "not a number"), .field("s", "?", ""), .field("m", "{]", "memo"),
            .field("a", "nobody", "parent"), .field("w", RedisArgument([0xff, 0xfe]), "knows workflow"),
            .batch("a batch of nothing", [], "end too early"),
            .batch("a batch of text", Array("garbage".utf8), "newer"),
            .batch("a batch of another format", [9, 1, 1, 0], "newer version", isFound: false),
            .batch(
                "a batch of 2^60 events",
                [1, 1] + [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f, 0],
                "early"
            ),
            Damage(description: "no history", commands: [["DEL", "h:one"]], problem: "has 0 events"),
            Damage(
                description: "a batch twice",
                commands: [["RPOPLPUSH", "h:one", "h:one"], ["RPUSH", "h:one", "x"]],
                problem: ""
            ),
        ]
    }

    @Test("A damaged instance is shown and others go on")
    func damages() async { await sideBySide(Damage.all, damage) }

    @Sendable private func damage(_ damage: Damage) async throws {
        try await withHostileFleet { fleet in
            let handle = try await fleet.client.start(Everything.self, "one", id: "one")
            try await fleet.withWorker(Everything.components, .cold) {
                try await eventually("it waits") {
                    let state = try await handle.state()
                    return state.historyLength == 1 && state.owner == nil
                }
            }
            for words in damage.commands {
                var words = words
                for place in 1..<words.count {
                    for name in ["i:one", "h:one"] where words[place] == RedisArgument(name) {
                        words[place] = RedisArgument(fleet.key(name))
                    }
                }
                try await fleet.run(words: words)
            }
            try? await handle.signal(Everything.go, "went on")
            try await fleet.withWorker(Everything.components, .cold) {
                let lines = fleet.log.lines.count
                let neighbour = try await fleet.client.start(Everything.self, "two", id: "two")
                try await neighbour.signal(Everything.go, "unharmed")
                let unharmed = try await neighbour.result()
                #expect(unharmed == "TWO unharmed")
                if !damage.problem.isEmpty {
                    try await eventually("the problem is shown: \(damage)") {
                        if let problem = try await fleet.run("HGET", RedisArgument(fleet.key("i:one")), "p").nonNull?
                            .string
                        {
                            return problem.contains(damage.problem)
                        }
                        return false
                    }
                }
                try await Task.sleep(for: .milliseconds(200))
                #expect(fleet.log.lines.count - lines < 60, "it does not spin: \(damage)")
                // Neither does it hide the others.
                var ids: [InstanceID] = []
                for try await state in fleet.client.instances() { ids.append(state.instance) }
                #expect(ids.contains("two"))
                if damage.isFound, !damage.problem.isEmpty {
                    let findings = try await fleet.audit()
                    #expect(findings.contains { $0.instance == "one" }, "\(damage): \(findings)")
                }
            }
        }
    }
}
