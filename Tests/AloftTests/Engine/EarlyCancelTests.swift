import Aloft
import Testing

/// An instance that was asked to cancel before its code ran begins cancelled.
@Suite struct EarlyCancelTests {
    struct Working: Workflow {
        func run(_ context: WorkflowContext) async throws {
            Probe.note("\(context.isCancelled) \(context.cancellationReason ?? "none")")
            do { try await context.activity(Reference.work, "a") } catch {
                Probe.note("\(error)")
                try await context.shielded { try await context.activity(Reference.work, "clean up") }
                Probe.note(context.cancellationReason ?? "none")
                throw error
            }
        }
    }

    /// Nothing is scheduled outside of a shield, and what the start says of it is recorded, so that a replay begins so too.
    @Test(arguments: [false, true])
    func together(cold: Bool) throws {
        let engine = EngineHarness(Working.self)
        let first = try engine.feed(
            engine.startInput(()),
            .signal(Signals.number, 1),
            .cancelRequested(reason: "not wanted")
        )
        #expect(engine.journal.entries == ["true ", "CancellationError()"])
        guard case .started(let started)? = first.events.first?.body else {
            Issue.record("no start")
            return
        }
        #expect(started.isCancelled)
        #expect(first.activities.map(\.input) == [try payload("clean up")])
        if cold { try engine.restart() }
        let last = try engine.feed(.completed(1, ()))
        #expect(engine.journal.entries.last == "not wanted")
        #expect(last.completion?.status == .cancelled)
        #expect(last.completion?.failure?.kind == .cancelled)
        #expect(last.completion?.failure?.message == "not wanted")
        try engine.checkReplays()
    }

    /// The code may have ended before the request is read; its failure carries the reason all the same.
    @Test func reasonOfOneThatEndsAtOnce() throws {
        struct Waiting: Workflow {
            func run(_ context: WorkflowContext) async throws { try await context.sleep(for: .seconds(1)) }
        }
        let engine = EngineHarness(Waiting.self)
        let only = try engine.feed(engine.startInput(()), .cancelRequested(reason: "not wanted"))
        #expect(only.events.count == 2)
        #expect(only.timers.isEmpty && only.cancelledTimers.isEmpty)
        #expect(only.completion?.status == .cancelled)
        #expect(only.completion?.failure?.message == "not wanted")
        try engine.checkReplays()
    }

    /// A start that says so itself: of an execution that continues one that was asked to cancel.
    @Test func continued() throws {
        let engine = EngineHarness(Working.self)
        let started = EventBody.Started(workflow: "Working", queue: .default, input: .none, isCancelled: true)
        let first = try engine.feed(.started(started))
        #expect(first.activities.count == 1)
        #expect(try engine.feed(.completed(1, ())).completion?.status == .cancelled)
        try engine.checkReplays()
    }

    /// Once the code has run, a request counts from its own place on.
    @Test func later() throws {
        let engine = EngineHarness(Working.self)
        try engine.start()
        try engine.feed(.cancelRequested(reason: "first"))
        try engine.feed(.cancelRequested(reason: "second"))
        try engine.feed(.completed(1, ()))
        #expect(engine.journal.entries == ["false none"])
        #expect(engine.completion?.status == .completed)
        try engine.checkReplays()
    }

    /// The first reason counts, twice or not.
    @Test func firstReason() throws {
        struct Waiting: Workflow {
            func run(_ context: WorkflowContext) async throws {
                do { try await context.sleep(for: .seconds(1)) } catch {
                    try await context.shielded { try await context.activity(Reference.work, "clean up") }
                    throw error
                }
            }
        }
        let engine = EngineHarness(Waiting.self)
        try engine.start()
        // The timer fires while it is being taken back.
        try engine.feed(.cancelRequested(reason: "first"), .cancelRequested(reason: "second"), .fired(1))
        let last = try engine.feed(.completed(2, ()))
        #expect(last.completion?.failure?.message == "first")
        try engine.checkReplays()
    }

    @Test func whileATimerFires() throws {
        struct Napping: Workflow {
            func run(_ context: WorkflowContext) async throws -> String {
                try await context.sleep(for: .seconds(1))
                Probe.note("awake, cancelled: \(context.isCancelled)")
                do { try await context.sleep(for: .seconds(1)) } catch { return "\(error)" }
                return "slept twice"
            }
        }
        let fired = EngineHarness(Napping.self)
        try fired.start()
        let last = try fired.feed(.fired(1), .cancel)
        #expect(fired.journal.entries == ["awake, cancelled: false"])
        #expect(try last.completion?.value() == "CancellationError()")
        try fired.checkReplays()

        // The other way round the timer is taken back, and its firing finds nobody.
        let cancelled = EngineHarness(Napping.self)
        try cancelled.start()
        let end = try cancelled.feed(.cancel, .fired(1))
        #expect(end.completion?.status == .cancelled)
        #expect(end.consumedInputs == 1)
        try cancelled.checkReplays()
    }
}
