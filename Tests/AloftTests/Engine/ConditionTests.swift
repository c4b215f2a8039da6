import Aloft
import Logging
import Testing

@Suite struct ConditionTests {
    struct Turnstile: Workflow {
        func run(_ context: WorkflowContext) async throws {
            let tokens = Shared(0)
            try await withThrowingTaskGroup { group in
                for number in 0..<4 {
                    group.addTask {
                        try await context.until { tokens.value > 0 }
                        // The line behind the wait may rely on the condition, although all four waited for the same.
                        Probe.note("\(number) finds \(tokens.value)")
                        tokens.update { $0 -= 1 }
                    }
                }
                group.addTask {
                    for _ in 0..<2 { tokens.value = try await context.receive(Signals.number) }
                }
                try await group.waitForAll()
            }
        }
    }

    /// Conditions are looked at in the order in which they were registered, and one at a time.
    @Test(arguments: [false, true])
    func inOrderAndOneAtATime(cold: Bool) throws {
        let engine = EngineHarness(Turnstile.self)
        try engine.start()
        if cold { try engine.restart() }
        try engine.feed(.signal(Signals.number, 3))
        #expect(engine.journal.entries == ["0 finds 3", "1 finds 2", "2 finds 1"])
        #expect(try engine.feed(.signal(Signals.number, 1)).completion?.status == .completed)
        #expect(engine.journal.entries.last == "3 finds 1")
    }

    /// What one condition's task does may fulfil another that was registered before it.
    @Test func conditionsFulfilEachOther() throws {
        struct Chain: Workflow {
            func run(_ context: WorkflowContext) async throws {
                let step = Shared(0)
                try await withThrowingTaskGroup { group in
                    for number in [3, 2, 1] {
                        group.addTask {
                            try await context.until { step.value == number }
                            Probe.note("\(number)")
                            step.value = number + 1
                        }
                    }
                    group.addTask { step.value = try await context.receive(Signals.number) }
                    try await group.waitForAll()
                }
            }
        }
        let engine = EngineHarness(Chain.self)
        try engine.start()
        #expect(try engine.feed(.signal(Signals.number, 1)).completion?.status == .completed)
        #expect(engine.journal.entries == ["1", "2", "3"])
    }

    /// One that holds already is no wait; one that may ask the context is answered.
    @Test func conditionsMayAskTheContext() throws {
        struct Asking: Workflow {
            func run(_ context: WorkflowContext) async throws -> Int {
                try await context.until { true }
                try await context.until {
                    context.logger.info("asked")
                    return context.historyLength >= 3
                }
                return context.historyLength
            }
        }
        let lines = LogCapture()
        let engine = EngineHarness(Asking.self, logger: lines.logger)
        try engine.start()
        #expect(lines.messages == ["asked", "asked"])
        try engine.feed(.signal(Signals.number, 1))
        #expect(lines.messages == ["asked", "asked", "asked"])
        try engine.restart()
        #expect(lines.messages == ["asked", "asked", "asked"])
        #expect(try engine.feed(.signal(Signals.number, 1)).completion?.value() == 3)
        #expect(!engine.execution.executor.sawForeignJob)
    }

    @Test func cancelledConditionIsForgotten() throws {
        struct Hopeless: Workflow {
            func run(_ context: WorkflowContext) async throws -> String {
                do { try await context.until { false } } catch { return "\(error)" }
                return "fulfilled"
            }
        }
        let engine = EngineHarness(Hopeless.self)
        try engine.start()
        try engine.restart()
        #expect(try engine.feed(.cancel).completion?.value() == "CancellationError()")
        #expect(engine.execution.waitCount == 0)
    }
}
