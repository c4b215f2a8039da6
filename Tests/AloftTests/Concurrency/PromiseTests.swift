import Aloft
import Testing

@Suite struct PromiseTests {
    /// The first who settles a promise wins; the others are told.
    @Test func firstOneWins() throws {
        struct Twice: Workflow {
            func run(_ context: WorkflowContext) async throws -> [String] {
                let good = context.promise(of: Int.self)
                let bad: WorkflowPromise<Int> = context.promise()
                var lines = ["\(good.future.isDone)"]
                lines += ["\(good.fulfil(1))", "\(good.fulfil(2))", "\(good.fail(PermanentError("late")))"]
                lines += ["\(bad.fail(PermanentError("no")))", "\(bad.fulfil(3))"]
                lines.append("\(try await good.future.value)")
                lines.append(await errorText { _ = try await bad.future.value })
                return lines
            }
        }
        let engine = EngineHarness(Twice.self)
        let only = try engine.start()
        #expect(
            try only.completion?.value()
                == ["false", "true", "false", "false", "true", "false", "1", "PermanentError"]
        )
        #expect(engine.decisionCount == 0)
    }

    /// One task decides, several learn of it, replayed or not.
    @Test(arguments: [false, true])
    func acrossTasks(cold: Bool) throws {
        struct Decision: Workflow {
            func run(_ context: WorkflowContext) async throws {
                let decided = context.promise(of: Void.self)
                try await withThrowingTaskGroup { group in
                    for number in 0..<2 {
                        group.addTask {
                            try await decided.future.value
                            Probe.note("\(number)")
                        }
                    }
                    group.addTask {
                        _ = try await context.receive(Signals.number)
                        decided.fulfil()
                    }
                    try await group.waitForAll()
                }
            }
        }
        let engine = EngineHarness(Decision.self)
        try engine.start()
        if cold { try engine.restart() }
        #expect(try engine.feed(.signal(Signals.number, 1)).completion?.status == .completed)
        #expect(engine.journal.entries == ["0", "1"])
        try engine.checkEveryPrefix(comparingJournal: !cold)
    }

    /// Cancelling the future of a promise fails it; a request to cancel the instance does not, so that clean-up may settle it.
    @Test func cancelling() throws {
        struct Cleaning: Workflow {
            func run(_ context: WorkflowContext) async throws -> [String] {
                let given = context.promise(of: Int.self)
                given.future.cancel()
                let kept = context.promise(of: Int.self)
                var lines = [await errorText { _ = try await given.future.value }]
                lines.append(await errorText { _ = try await kept.future.value })
                // Settling is no wait: a cancelled task may.
                lines.append("\(given.fulfil(1)) \(kept.fulfil(2))")
                return try await context.shielded { [lines] in lines + ["\(try await kept.future.value)"] }
            }
        }
        let engine = EngineHarness(Cleaning.self)
        try engine.start()
        let last = try engine.feed(.cancel)
        #expect(try last.completion?.value() == ["CancellationError", "CancellationError", "false true", "2"])
        try engine.checkEveryPrefix()
    }
}
