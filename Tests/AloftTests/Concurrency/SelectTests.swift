import Aloft
import Testing

@Suite struct SelectTests {
    struct Everything: Workflow {
        func run(_ context: WorkflowContext) async throws -> [String] {
            let future = context.future { try await context.activity(Reference.double, 1) }
            let inbox = context.channel(of: String.self)
            let outbox = context.channel(of: Int.self)
            let group = context.waitGroup()
            group.add()
            let feeder = context.future {
                while true {
                    switch try await context.receive(Signals.text) {
                    case "in": try await inbox.send("hello")
                    case "out": Probe.note("took \(try await outbox.receive() ?? 0)")
                    case "done": group.done()
                    default: return inbox.close()
                    }
                }
            }
            var lines: [String] = []
            for _ in 0..<5 {
                lines.append(
                    try await context.select(
                        .await(future) { value in
                            Probe.note("future")
                            return try await context.activity(Reference.double, value) > 0 ? "future \(value)" : "odd"
                        },
                        .receive(inbox) { $0 ?? "closed" },
                        .receive(Signals.number) { "number \($0)" },
                        .send(outbox, 7) { "sent" },
                        .wait(for: group) { "no parts" }
                    )
                )
                if lines.last == "future 10" { break }
            }
            feeder.cancel()
            return lines
        }
    }

    /// Each kind of case can be the one; handlers may wait; nothing of it but what handlers do is recorded.
    @Test(arguments: [false, true])
    func everyKindOfCase(cold: Bool) throws {
        let engine = EngineHarness(Everything.self)
        try engine.start()
        let inputs: [EventBody] = try [
            .signal(Signals.text, "in"), .signal(Signals.number, 3), .signal(Signals.text, "out"), .completed(1, 10),
            .completed(2, 20),
        ]
        for input in inputs {
            if cold { try engine.restart() }
            try engine.feed(input)
        }
        #expect(try engine.completion?.value() == ["hello", "number 3", "sent", "future 10"])
        #expect(engine.decisionCount == 2)
        try engine.checkEveryPrefix(comparingJournal: !cold)
    }

    @Test(arguments: [("done", "no parts"), ("close", "closed")])
    func endsAreCasesToo(word: String, line: String) throws {
        let engine = EngineHarness(Everything.self)
        try engine.start()
        try engine.feed(.signal(Signals.text, word))
        try engine.restart()
        try engine.feed(.cancel, .completed(1, 10))
        // Five selects were answered by the end that lasts; the sixth would have been.
        #expect(try engine.completion?.value() == [String](repeating: line, count: 5))
    }

    /// Of those that are ready the first in the order given happens, and nothing of the others is consumed.
    @Test func firstReadyWinsAndLosersKeepTheirs() throws {
        struct Ready: Workflow {
            func run(_ context: WorkflowContext) async throws -> [String] {
                let one = context.channel(of: Int.self, capacity: 1)
                let two = context.channel(of: Int.self, capacity: 1)
                let full = context.channel(of: Int.self, capacity: 1)
                let done = context.promise(of: Int.self)
                try await one.send(1)
                try await two.send(2)
                try await full.send(0)
                done.fulfil(3)
                try await context.until { context.historyLength >= 2 }
                var lines: [String] = []
                for _ in 0..<6 {
                    lines.append(
                        try await context.select(
                            .send(full, 9) { "never" },
                            .receive(one) { "one \($0 ?? 0)" },
                            .receive(two) { "two \($0 ?? 0)" },
                            .receive(Signals.number) { "signal \($0)" },
                            .await(done.future) { "future \($0)" },
                            .default { "never" }
                        )
                    )
                }
                return lines + ["\(full.count)"]
            }
        }
        let engine = EngineHarness(Ready.self)
        try engine.start()
        let last = try engine.feed(.signal(Signals.number, 5))
        let lines = ["one 1", "two 2", "signal 5", "future 3", "future 3", "future 3", "1"]
        #expect(try last.completion?.value() == lines)
        try engine.checkEveryPrefix()
    }

    /// A `select` that waited leaves every queue but one: later values go to those who still want them.
    @Test(arguments: [false, true])
    func losersAreLeft(cold: Bool) throws {
        struct Leaving: Workflow {
            func run(_ context: WorkflowContext) async throws -> [String] {
                let channel = context.channel(of: Int.self)
                let first = try await context.select(
                    .receive(Signals.number) { "number \($0)" },
                    .receive(Signals.text) { "text \($0)" },
                    .receive(channel) { "channel \($0 ?? 0)" },
                    .receive(channel) { "again \($0 ?? 0)" },
                    .send(channel, 1) { "sent" }
                )
                // Nobody is left in the channel, and the signal is not taken by the old select.
                let isAlone = try await !channel.trySend(2)
                let isEmpty = try await channel.tryReceive() == nil
                return [first, "\(isAlone) \(isEmpty)", "\(try await context.receive(Signals.number))"]
            }
        }
        let engine = EngineHarness(Leaving.self)
        try engine.start()
        #expect(engine.execution.waitCount == 1)
        if cold { try engine.restart() }
        try engine.feed(.signal(Signals.text, "a"))
        if cold { try engine.restart() }
        #expect(try engine.feed(.signal(Signals.number, 4)).completion?.value() == ["text a", "true true", "4"])
        try engine.checkEveryPrefix(comparingJournal: !cold)
    }

    /// `.default` is for when nothing else is ready, wherever it stands; without it, `select` waits.
    @Test func defaultComesLast() throws {
        struct Polling: Workflow {
            func run(_ context: WorkflowContext) async throws -> [String] {
                let channel = context.channel(of: Int.self, capacity: 1)
                var lines: [String] = []
                for _ in 0..<2 {
                    lines.append(
                        try await context.select(
                            .default { "nothing" },
                            .receive(channel) { "got \($0 ?? 0)" },
                            .default { "never" }
                        )
                    )
                    try await channel.send(1)
                }
                return lines + [try await context.select(.default { "alone" })]
            }
        }
        let engine = EngineHarness(Polling.self)
        #expect(try engine.start().completion?.value() == ["nothing", "got 1", "alone"])
    }

    /// Two that select from each other's ends meet.
    @Test func selectMeetsSelect() throws {
        struct Meeting: Workflow {
            func run(_ context: WorkflowContext) async throws -> [String] {
                let channel = context.channel(of: Int.self)
                let other = context.channel(of: Int.self)
                let one = context.future {
                    try await context.select(.receive(other) { _ in "never" }, .send(channel, 1) { "sent" })
                }
                let two = context.future {
                    try await context.select(.send(other, 2) { "gave" }, .receive(channel) { "got \($0 ?? 0)" })
                }
                return try await [one.value, two.value]
            }
        }
        // The one that came first waits for both; the second finds its first case ready.
        #expect(try EngineHarness(Meeting.self).start().completion?.value() == ["never", "gave"])
    }
}
