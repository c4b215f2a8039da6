import Aloft
import Testing

/// A request to cancel cancels the root task, as any Swift task is cancelled.
@Suite struct CancellationTests {
    struct Step: Workflow {
        func run(_ context: WorkflowContext, _ name: String) async throws -> String {
            let result: String
            switch name {
            case "activity": result = "\(try await context.activity(Reference.double, 1))"
            case "timer":
                try await context.sleep(for: .seconds(1))
                result = "slept"
            case "receive": result = "\(try await context.receive(Signals.number))"
            case "condition":
                try await context.until { false }
                result = "met"
            default: result = "unknown"
            }
            Probe.note("\(name) \(context.isCancelled)")
            try await context.activity(Reference.work, "next")
            return result
        }
    }

    /// An activity that runs is waited for, and its result is the code's; the next call throws at once.
    @Test(arguments: [false, true])
    func duringAnActivity(cold: Bool) throws {
        let engine = EngineHarness(Step.self)
        try engine.start("activity")
        #expect(try engine.feed(.cancel).events.count == 1)
        if cold { try engine.restart() }
        let last = try engine.feed(.completed(1, 2))
        #expect(engine.journal.entries == ["activity true"])
        #expect(last.activities.isEmpty)
        #expect(last.completion?.status == .cancelled)
    }

    @Test(arguments: ["timer", "receive", "condition"])
    func duringAWait(name: String) throws {
        let engine = EngineHarness(Step.self)
        try engine.start(name)
        let last = try engine.feed(.cancel)
        #expect(engine.journal.entries.isEmpty)
        #expect(last.completion?.status == .cancelled)
        #expect(last.cancelledTimers.count == (name == "timer" ? 1 : 0))
        try engine.restart()
        #expect(engine.execution.isFinished)
    }

    /// Every call of a cancelled task throws at once and leaves nothing behind, except those that wait for nothing.
    @Test func callsAfterCancel() throws {
        struct Stubborn: Workflow {
            func run(_ context: WorkflowContext) async throws {
                try? await context.until { false }
                await Self.attempt("activity") { try await context.activity(Reference.work, "late") }
                await Self.attempt("sleep") { try await context.sleep(for: .seconds(1)) }
                await Self.attempt("no sleep") { try await context.sleep(for: .zero) }
                await Self.attempt("receive") { _ = try await context.receive(Signals.number) }
                await Self.attempt("try receive") { _ = try await context.tryReceive(Signals.number) }
                await Self.attempt("condition") { try await context.until { true } }
                await Self.attempt("timeout") { try await context.timeout(.seconds(1)) { Probe.note("never") } }
                await Self.attempt("child") {
                    async let child: Void = context.sleep(for: .seconds(1))
                    try await child
                }
                await Self.attempt("side effect") { _ = try await context.sideEffect { 1 } }
                await Self.attempt("shielded") { try await context.shielded {} }
            }

            static func attempt(_ name: String, _ call: () async throws -> Void) async {
                do {
                    try await call()
                    Probe.note("\(name): works")
                } catch { Probe.note("\(name): \(error)") }
            }
        }
        let engine = EngineHarness(Stubborn.self)
        try engine.start()
        try engine.feed(.signal(Signals.number, 1))
        let last = try engine.feed(.cancel)
        let refused = [
            "activity", "sleep", "no sleep", "receive", "try receive", "condition", "timeout", "child",
        ]
        #expect(
            engine.journal.entries == refused.map { "\($0): CancellationError()" } + [
                "side effect: works", "shielded: works",
            ]
        )
        #expect(last.completion?.status == .completed)
        #expect(last.events.map(\.body.summary).dropFirst() == ["side effect #1", "completion of the workflow"])
    }

    struct Undoing: Workflow {
        func run(_ context: WorkflowContext) async throws -> String {
            do {
                try await context.activity(Reference.work, "reserve")
                try await context.sleep(for: .seconds(60))
                return "done"
            } catch {
                try await context.shielded {
                    Probe.note("cancelled inside: \(context.isCancelled)")
                    try await context.activity(Reference.work, "release")
                    try await context.sleep(for: .seconds(1))
                    try await context.until { true }
                    _ = try await context.receive(Signals.number)
                }
                throw error
            }
        }
    }

    /// Clean-up in a shield works as if nothing had been cancelled, also when the request comes again meanwhile.
    @Test(arguments: [false, true])
    func shieldedCleanUp(cold: Bool) throws {
        let engine = EngineHarness(Undoing.self)
        func next(_ inputs: EventBody...) throws -> Decisions {
            if cold { try engine.restart() }
            return try engine.feed(
                inputs.map { DeliveredInput(timestamp: Timestamp(milliseconds: engine.clock), body: $0) }
            )
        }
        try engine.start()
        _ = try next(.completed(1, ()))
        let cleanUp = try next(.cancel)
        #expect(cleanUp.activities.map(\.name) == ["work"])
        #expect(engine.journal.entries == ["cancelled inside: false"])
        #expect(try next(.cancel).events.count == 1)
        #expect(try next(.completed(3, ())).timers.count == 1)
        _ = try next(.cancel, .fired(4))
        let last = try next(.signal(Signals.number, 1))
        #expect(last.completion?.status == .cancelled)
        #expect(last.completion?.failure?.type == "CancellationError")
    }

    /// A shield that the cancellation meets half-way goes on to its end.
    @Test func cancelledInsideAShield() throws {
        struct Shielded: Workflow {
            func run(_ context: WorkflowContext) async throws -> String {
                try await context.shielded {
                    async let one: Void = context.sleep(for: .seconds(1))
                    async let two = context.activity(Reference.double, 4)
                    try await one
                    let result = try await two
                    return "\(result) \(context.isCancelled)"
                }
            }
        }
        let engine = EngineHarness(Shielded.self)
        try engine.start()
        #expect(try engine.feed(.cancel).events.count == 1)
        try engine.restart()
        try engine.feed(.fired(1))
        #expect(try engine.feed(.completed(2, 8)).completion?.value() == "8 false")
    }

    /// Code that catches the cancellation and returns has completed; one that throws something else has failed.
    @Test(arguments: ["return", "rethrow", "other"])
    func howItEnds(way: String) throws {
        struct Catching: Workflow {
            struct Other: Error {}
            func run(_ context: WorkflowContext, _ way: String) async throws -> String {
                do { try await context.sleep(for: .seconds(1)) } catch {
                    switch way {
                    case "return": return "caught"
                    case "rethrow": throw error
                    default: throw Other()
                    }
                }
                return "slept"
            }
        }
        let engine = EngineHarness(Catching.self)
        try engine.start(way)
        let status = try engine.feed(.cancel).completion?.status
        #expect(status == ["return": .completed, "rethrow": .cancelled, "other": .failed][way])
    }

    /// Without a request, a `CancellationError` is an error as any other.
    @Test func cancellationErrorWithoutARequest() throws {
        struct Throwing: Workflow {
            func run(_ context: WorkflowContext) async throws { throw CancellationError() }
        }
        let engine = EngineHarness(Throwing.self)
        #expect(try engine.start().completion?.status == .failed)
    }

    /// A second request changes nothing; what comes behind the end is not applied.
    @Test func twice() throws {
        let engine = EngineHarness(Step.self)
        try engine.start("activity")
        try engine.feed(.cancel, .cancel)
        try engine.feed(.cancel)
        try engine.restart()
        let last = try engine.feed(.completed(1, 2), .cancel)
        #expect(last.completion?.status == .cancelled)
        #expect(last.events.count == 2)
        #expect(last.events.last?.body == engine.history.last?.body)
    }

    /// The children of a cancelled group are cancelled in order; their siblings elsewhere are not.
    @Test func groupIsCancelledAlone() throws {
        struct Groups: Workflow {
            func run(_ context: WorkflowContext) async throws -> Int {
                async let outside = context.receive(Signals.number)
                await withTaskGroup { group in
                    for number in 0..<3 {
                        group.addTask {
                            do { try await context.sleep(for: .seconds(60)) } catch { Probe.note("\(number) \(error)") }
                        }
                    }
                    try? await context.activity(Reference.work, "trigger")
                    group.cancelAll()
                }
                return try await outside
            }
        }
        let engine = EngineHarness(Groups.self)
        let first = try engine.start()
        let trigger = try #require(first.activities.first)
        let next = try engine.feed(.activityCompleted(trigger.command, payload(())))
        #expect(engine.journal.entries == (0..<3).map { "\($0) CancellationError()" })
        #expect(next.cancelledTimers == first.timers.map(\.command))
        try engine.restart()
        #expect(try engine.feed(.signal(Signals.number, 9)).completion?.value() == 9)
    }

    /// Discarding groups run handlers and forget them; the first error cancels the rest.
    @Test func discardingGroups() throws {
        struct Handlers: Workflow {
            func run(_ context: WorkflowContext) async throws -> String {
                do {
                    try await withThrowingDiscardingTaskGroup { group in
                        for _ in 0..<3 {
                            let number = try await context.receive(Signals.number)
                            group.addTask {
                                if number < 0 { throw PermanentError("negative") }
                                do { _ = try await context.activity(Reference.double, number) } catch {
                                    Probe.note("\(number) \(error)")
                                }
                                do { try await context.sleep(for: .seconds(60)) } catch {
                                    Probe.note("\(number) \(error)")
                                }
                            }
                        }
                    }
                } catch { return "\(error)" }
                return "all handled"
            }
        }
        let engine = EngineHarness(Handlers.self)
        try engine.start()
        try engine.feed(.signal(Signals.number, 1))
        try engine.feed(.signal(Signals.number, 2), .completed(1, 2))
        try engine.restart()
        engine.journal.clear()
        try engine.feed(.signal(Signals.number, -1))
        // The second is not cut short in its activity.
        #expect(engine.journal.entries == ["1 CancellationError()"])
        #expect(try engine.feed(.completed(2, 4)).completion?.value() == "negative")
        #expect(engine.journal.entries == ["1 CancellationError()", "2 CancellationError()"])
    }

    /// Handlers of the workflow's own run when it is cancelled, on its executor.
    @Test func cancellationHandlers() throws {
        struct Handling: Workflow {
            func run(_ context: WorkflowContext) async throws {
                try await withTaskCancellationHandler {
                    try await context.sleep(for: .seconds(1))
                } onCancel: {
                    Probe.note("handler \(context.execution.executor.isCurrent)")
                }
            }
        }
        let engine = EngineHarness(Handling.self)
        try engine.start()
        #expect(try engine.feed(.cancel).completion?.status == .cancelled)
        #expect(engine.journal.entries == ["handler true"])
    }
}
