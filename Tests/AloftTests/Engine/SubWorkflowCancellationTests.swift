import Aloft
import Testing

/// Cancelling a task or an instance asks its sub-workflows to cancel, and sees them end.
@Suite struct SubWorkflowCancellationTests {
    typealias Shipping = SubWorkflowTests.Shipping

    static let cancelled = Failure(kind: .cancelled, type: "CancellationError", message: "asked to")

    struct Parent: Workflow {
        func run(_ context: WorkflowContext) async throws -> String {
            do { return try await context.subWorkflow(Shipping.self, 7) } catch {
                Probe.note("\(type(of: error))")
                throw error
            }
        }
    }

    /// The request is recorded once, and the wait goes on until the sub-workflow has ended by it.
    @Test(arguments: [false, true])
    func awaitingTask(cold: Bool) throws {
        let engine = EngineHarness(Parent.self)
        try engine.start()
        if cold { try engine.restart() }
        let asked = try engine.feed(.cancel)
        #expect(asked.cancelledSubWorkflows == [CommandID(1)])
        #expect(asked.completion == nil)
        #expect(try engine.feed(.cancel).cancelledSubWorkflows.isEmpty)
        if cold { try engine.restart() }
        let last = try engine.feed(.subWorkflowFailed(CommandID(1), Self.cancelled))
        // An evicted execution unwinds; what it did meanwhile is without effect.
        #expect(engine.journal.entries.filter { $0 != "ExecutionHalted" } == ["CancellationError"])
        #expect(last.completion?.status == .cancelled)
        try engine.checkReplays()
    }

    /// One that completes all the same is not lost; one that fails otherwise fails its parent.
    @Test func otherEnds() throws {
        let completed = EngineHarness(Parent.self)
        try completed.start()
        try completed.feed(.cancel)
        #expect(try completed.feed(.subWorkflowCompleted(CommandID(1), payload("late"))).completion?.value() == "late")
        try completed.checkReplays()

        let failed = EngineHarness(Parent.self)
        try failed.start()
        try failed.feed(.cancel)
        let failure = Failure(type: "Lost", message: "at sea")
        #expect(try failed.feed(.subWorkflowFailed(CommandID(1), failure)).completion == .failed(failure))
    }

    /// Started and asked to cancel in one go: while a sub-workflow starts, as far as its parent can tell.
    @Test func whileItStarts() throws {
        let engine = EngineHarness(Parent.self)
        let only = try engine.feed(
            engine.startInput(()),
            .signal(Signals.number, 1)
        )
        #expect(only.subWorkflows.count == 1)
        struct Hasty: Workflow {
            func run(_ context: WorkflowContext) async throws {
                let handle = try await context.startSubWorkflow(Shipping.self, 1)
                try await handle.cancel()
                try await handle.cancel()
                _ = try await handle.result()
            }
        }
        let hasty = EngineHarness(Hasty.self)
        let both = try hasty.start()
        #expect(both.subWorkflows.map(\.command) == [CommandID(1)])
        #expect(both.cancelledSubWorkflows == [CommandID(1)])
        // Nobody cancelled the parent's task: the end is an error as any other.
        let last = try hasty.feed(.subWorkflowFailed(CommandID(1), Self.cancelled))
        var passedOn = Self.cancelled
        passedOn.kind = .thrown
        #expect(last.completion == .failed(passedOn))
        try hasty.checkReplays()
    }

    /// The timeout of one branch asks only the sub-workflow of that branch.
    @Test(arguments: [false, true])
    func oneBranch(cold: Bool) throws {
        struct Branches: Workflow {
            func run(_ context: WorkflowContext) async throws -> [String] {
                async let other = context.subWorkflow(Shipping.self, 1)
                var lines: [String] = []
                do {
                    lines.append(
                        try await context.timeout(.seconds(5)) { try await context.subWorkflow(Shipping.self, 2) }
                    )
                } catch is TimeoutError { lines.append("timeout") }
                return [try await other] + lines
            }
        }
        let engine = EngineHarness(Branches.self)
        let first = try engine.start()
        let guarded = try #require(first.subWorkflows.first { $0.input == (try? payload(2)) })
        let other = try #require(first.subWorkflows.first { $0.input == (try? payload(1)) })
        let timer = try #require(first.timers.first)
        if cold { try engine.restart() }
        #expect(try engine.feed(.timerFired(timer.command)).cancelledSubWorkflows == [guarded.command])
        if cold { try engine.restart() }
        #expect(try engine.feed(.subWorkflowFailed(guarded.command, Self.cancelled)).completion == nil)
        let last = try engine.feed(.subWorkflowCompleted(other.command, payload("one")))
        #expect(try last.completion?.value() == ["one", "timeout"])
        try engine.checkReplays()
    }

    /// The instance's cancellation reaches those that nobody awaits, in the order in which they were started, but not those of a
    /// shield.
    @Test func wholeInstance() throws {
        struct Wide: Workflow {
            func run(_ context: WorkflowContext) async throws {
                let first = try await context.startSubWorkflow(Shipping.self, 1)
                let kept = try await context.shielded { try await context.startSubWorkflow(Shipping.self, 2) }
                _ = try await context.startSubWorkflow(Shipping.self, 3)
                do { try await context.sleep(for: .seconds(9)) } catch {
                    await SubWorkflowCancellationTests.attempt {
                        _ = try await context.startSubWorkflow(Shipping.self, 4)
                    }
                    await SubWorkflowCancellationTests.attempt { _ = try await context.subWorkflow(Shipping.self, 5) }
                    try await context.shielded {
                        Probe.note(try await kept.result())
                        Probe.note(try await context.subWorkflow(Shipping.self, 6))
                    }
                    await SubWorkflowCancellationTests.attempt { _ = try await first.result() }
                    throw error
                }
            }
        }
        let engine = EngineHarness(Wide.self)
        try engine.start()
        let asked = try engine.feed(.cancel)
        #expect(asked.cancelledSubWorkflows == [CommandID(1), CommandID(3)])
        #expect(asked.subWorkflows.isEmpty)
        let summaries = asked.events.map(\.body.summary)
        #expect(summaries[1] == "request to cancel sub-workflow #1")
        #expect(summaries[2] == "request to cancel sub-workflow #3")
        let inside = try engine.feed(.subWorkflowCompleted(CommandID(2), payload("kept")))
        let cleanUp = try #require(inside.subWorkflows.first)
        // Again during the clean-up: what a shield started is left alone.
        #expect(try engine.feed(.cancel).cancelledSubWorkflows.isEmpty)
        try engine.feed(.subWorkflowCompleted(cleanUp.command, payload("cleaned")))
        let last = try engine.feed(.subWorkflowFailed(CommandID(1), Self.cancelled))
        #expect(last.completion?.status == .cancelled)
        #expect(
            engine.journal.entries == [
                "CancellationError()", "CancellationError()", "kept", "cleaned", "CancellationError()",
            ]
        )
        try engine.checkReplays()
    }

    /// A task that awaits a handle without being cancelled is told of the cancellation as of an error.
    @Test func otherAwaiter() throws {
        struct Two: Workflow {
            func run(_ context: WorkflowContext) async throws -> String {
                let handle = try await context.startSubWorkflow(Shipping.self, 1)
                return await withTaskGroup { group in
                    group.addTask { await SubWorkflowCancellationTests.attempt { _ = try await handle.result() } }
                    group.addTask {
                        await SubWorkflowCancellationTests.attempt {
                            try await context.timeout(.seconds(1)) { _ = try await handle.result() }
                        }
                    }
                    await group.waitForAll()
                    return "done"
                }
            }
        }
        let engine = EngineHarness(Two.self)
        let timer = try #require(engine.start().timers.first)
        #expect(try engine.feed(.timerFired(timer.command)).cancelledSubWorkflows == [CommandID(1)])
        let last = try engine.feed(.subWorkflowFailed(CommandID(1), Self.cancelled))
        #expect(try last.completion?.value() == "done")
        #expect(engine.journal.entries.contains { $0.contains("sub-workflow Shipping (execution-1.1) failed") })
        #expect(engine.journal.entries.contains { $0.contains("took longer") })
        try engine.checkReplays()
    }

    static func attempt(_ call: () async throws -> Void) async {
        do { try await call() } catch { Probe.note("\(error)") }
    }
}
