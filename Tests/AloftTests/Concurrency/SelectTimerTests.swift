import Aloft
import Testing

/// `.after` sets a durable timer when `select` has to wait, and only then.
@Suite struct SelectTimerTests {
    struct Approval: Workflow {
        func run(_ context: WorkflowContext) async throws -> String {
            try await context.select(
                .receive(Signals.text) { "approved by \($0)" },
                .after(.seconds(3600), name: "patience") { "nobody answered" }
            )
        }
    }

    @Test(arguments: [false, true])
    func timerWins(cold: Bool) throws {
        let engine = EngineHarness(Approval.self)
        let timers = try engine.start().timers
        #expect(timers.map(\.name) == ["patience"])
        #expect(timers.first?.due == Timestamp(milliseconds: engine.clock + 3_600_000))
        if cold { try engine.restart() }
        let last = try engine.feed(.fired(1))
        #expect(try last.completion?.value() == "nobody answered")
        #expect(last.cancelledTimers.isEmpty)
        try engine.checkEveryPrefix()
    }

    @Test(arguments: [false, true])
    func somethingElseWins(cold: Bool) throws {
        let engine = EngineHarness(Approval.self)
        try engine.start()
        if cold { try engine.restart() }
        let last = try engine.feed(.signal(Signals.text, "finance"))
        #expect(try last.completion?.value() == "approved by finance")
        #expect(last.cancelledTimers == [CommandID(1)])
        try engine.checkEveryPrefix()
    }

    /// In one go: the first of the two that the history holds wins, whichever it is.
    @Test(arguments: [false, true])
    func bothAtOnce(timerFirst: Bool) throws {
        let engine = EngineHarness(Approval.self)
        try engine.start()
        let signal = try EventBody.signal(Signals.text, "finance")
        let last = try timerFirst ? engine.feed(.fired(1), signal) : engine.feed(signal, .fired(1))
        #expect(try last.completion?.value() == (timerFirst ? "nobody answered" : "approved by finance"))
        try engine.checkEveryPrefix()
    }

    /// Nothing is set if something is ready, and a duration of zero or less is ready in its turn.
    @Test func noTimerWithoutAWait() throws {
        struct Ready: Workflow {
            func run(_ context: WorkflowContext) async throws -> [String] {
                let channel = context.channel(of: Int.self, capacity: 1)
                try await channel.send(1)
                var lines: [String] = []
                for _ in 0..<2 {
                    lines.append(
                        try await context.select(
                            .after(.seconds(5)) { "never" },
                            .receive(channel) { _ in "value" },
                            .after(.seconds(-1)) { "past" },
                            .default { "never" }
                        )
                    )
                }
                return lines
            }
        }
        let engine = EngineHarness(Ready.self)
        #expect(try engine.start().completion?.value() == ["value", "past"])
        #expect(engine.decisionCount == 0)
    }
}
