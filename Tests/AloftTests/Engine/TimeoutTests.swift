import Aloft
import Testing

/// `context.timeout` races a body against a timer.
@Suite struct TimeoutTests {
    struct Guarded: Workflow {
        func run(_ context: WorkflowContext) async throws -> String {
            do {
                return try await context.timeout(.seconds(5)) {
                    try await context.activity(Reference.work, "body")
                    return "body won"
                }
            } catch let error as TimeoutError {
                return error.limit
            }
        }
    }

    @Test(arguments: [false, true])
    func bodyWins(cold: Bool) throws {
        let engine = EngineHarness(Guarded.self)
        let first = try engine.start()
        #expect(first.timers.map(\.name) == ["timeout"])
        #expect(first.timers.map(\.due) == [Timestamp(milliseconds: 6_001)])
        if cold { try engine.restart() }
        let last = try engine.feed(.completed(1, ()))
        #expect(try last.completion?.value() == "body won")
        #expect(last.cancelledTimers == [CommandID(2)])
    }

    /// The body is not cut short in an activity: the activity runs to its end, then the timeout is thrown.
    @Test(arguments: [false, true])
    func timerWins(cold: Bool) throws {
        let engine = EngineHarness(Guarded.self)
        try engine.start()
        if cold { try engine.restart() }
        #expect(try engine.feed(.fired(2)).completion == nil)
        if cold { try engine.restart() }
        let last = try engine.feed(.completed(1, ()))
        #expect(try last.completion?.value() == "timeout of 5.0 seconds")
        #expect(last.cancelledTimers.isEmpty)
    }

    /// A body that waits for something that can be cancelled ends with the timer.
    @Test func timerCancelsTheBody() throws {
        struct Waiting: Workflow {
            func run(_ context: WorkflowContext) async throws {
                try await context.timeout(.seconds(5)) {
                    do { _ = try await context.receive(Signals.number) } catch {
                        Probe.note("\(error)")
                        throw error
                    }
                }
            }
        }
        let engine = EngineHarness(Waiting.self)
        try engine.start()
        let last = try engine.feed(.fired(1))
        #expect(last.completion?.status == .failed)
        #expect(last.completion?.failure?.kind == .timeout)
        #expect(last.completion?.failure?.type == "TimeoutError")
        #expect(last.completion?.failure?.message.contains("AloftTests/TimeoutTests.swift:") == true)
        #expect(engine.journal.entries == ["CancellationError()"])
    }

    @Test func bodyThrows() throws {
        struct Throwing: Workflow {
            func run(_ context: WorkflowContext) async throws {
                try await context.timeout(.seconds(5)) {
                    try await context.activity(Reference.work, "body")
                    throw PermanentError("as it pleases")
                }
            }
        }
        let engine = EngineHarness(Throwing.self)
        try engine.start()
        let last = try engine.feed(.completed(1, ()))
        #expect(last.completion?.failure?.message == "as it pleases")
        #expect(last.cancelledTimers == [CommandID(2)])
    }

    /// A body that ends at once sets no timer that the store would see; one without time is given a start, and then cancelled.
    @Test func noTime() throws {
        struct Hasty: Workflow {
            func run(_ context: WorkflowContext) async throws -> [String] {
                var lines = [try await context.timeout(.seconds(1)) { "at once" }]
                do {
                    lines.append(try await context.timeout(.zero) { try await context.receive(Signals.text) })
                } catch is TimeoutError { lines.append("no time") }
                lines.append(try await context.timeout(.seconds(-1)) { "at once" })
                return lines
            }
        }
        let engine = EngineHarness(Hasty.self)
        let only = try engine.start()
        #expect(try only.completion?.value() == ["at once", "no time", "at once"])
        #expect(only.timers.isEmpty)
        #expect(only.cancelledTimers.isEmpty)
    }

    /// When the caller is cancelled, the body says how it ends: here by the result of an activity that is not cut short.
    ///
    /// The timer, which ends first, used to decide: the result was lost.
    @Test(arguments: [false, true])
    func outerCancelLeavesTheOutcomeToTheBody(cold: Bool) throws {
        let engine = EngineHarness(Guarded.self)
        try engine.start()
        let cancel = try engine.feed(.cancel)
        #expect(cancel.cancelledTimers == [CommandID(2)])
        #expect(cancel.completion == nil)
        if cold { try engine.restart() }
        #expect(try engine.feed(.completed(1, ())).completion?.value() == "body won")
    }

    @Test func outerCancelCancelsTheBody() throws {
        struct Waiting: Workflow {
            func run(_ context: WorkflowContext) async throws {
                _ = try await context.timeout(.seconds(5)) { try await context.receive(Signals.number) }
            }
        }
        let engine = EngineHarness(Waiting.self)
        try engine.start()
        let last = try engine.feed(.cancel)
        #expect(last.completion?.status == .cancelled)
        #expect(engine.execution.waitCount == 0)
    }

    @Test func timeoutsNest() throws {
        struct Nested: Workflow {
            func run(_ context: WorkflowContext) async throws -> String {
                try await context.timeout(.seconds(10)) {
                    do {
                        try await context.timeout(.seconds(1)) { try await context.until { false } }
                    } catch is TimeoutError {
                        return try await context.receive(Signals.text)
                    }
                    return "never"
                }
            }
        }
        let engine = EngineHarness(Nested.self)
        let first = try engine.start()
        #expect(first.timers.count == 2)
        let inner = try #require(first.timers.min { $0.due < $1.due })
        #expect(try engine.feed(.timerFired(inner.command)).completion == nil)
        try engine.restart()
        #expect(try engine.feed(.signal(Signals.text, "done")).completion?.value() == "done")
    }
}
