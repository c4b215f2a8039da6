import Aloft
import Logging
import Testing

/// Facts 8, 9 and 13: an execution leaves memory by unwinding. A suspended task cannot be dropped, so whatever it waits for
/// fails with an error that is not cancellation, and nothing that the code does then has an effect.
@Suite struct EvictionTests {
    struct Waiting: Workflow {
        func run(_ context: WorkflowContext) async throws {
            defer { Probe.note("root ended, cancelled: \(Task.isCancelled)") }
            try await withThrowingTaskGroup { group in
                group.addTask { try await Self.watch("activity") { try await context.activity(Reference.work, "a") } }
                group.addTask { try await Self.watch("timer") { try await context.sleep(for: .seconds(9)) } }
                group.addTask { try await Self.watch("signal") { _ = try await context.receive(Signals.number) } }
                group.addTask { try await Self.watch("condition") { try await context.until { false } } }
                group.addTask {
                    try await Self.watch("shield") {
                        try await context.shielded { try await context.sleep(for: .seconds(9)) }
                    }
                }
                try await group.waitForAll()
            }
        }

        static func watch(_ name: String, _ body: () async throws -> Void) async throws {
            do { try await body() } catch {
                Probe.note("\(name): \(type(of: error)), cancelled: \(Task.isCancelled)")
                throw error
            }
        }
    }

    /// Every kind of wait ends with the one error, and the root task comes to its end without having been cancelled.
    @Test func everyWaitUnwinds() throws {
        let engine = EngineHarness(Waiting.self)
        try engine.start()
        #expect(engine.execution.waitCount == 5)
        #expect(engine.evict())
        #expect(engine.execution.waitCount == 0)
        #expect(engine.journal.entries.contains("activity: ExecutionHalted, cancelled: false"))
        #expect(engine.journal.entries.filter { $0.contains("ExecutionHalted") }.count == 5)
        #expect(engine.journal.entries.last == "root ended, cancelled: false")
        #expect(!engine.execution.isFinished)
    }

    /// Clean-up of every kind runs while unwinding; each call of the context throws, shields included, and records nothing.
    @Test func cleanUpHasNoEffect() throws {
        struct Cleaning: Workflow {
            func run(_ context: WorkflowContext) async throws {
                do {
                    defer { Probe.note("deferred") }
                    try await context.activity(Reference.work, "main")
                } catch {
                    Probe.note("caught \(type(of: error))")
                    do {
                        try await context.shielded {
                            Probe.note("never")
                            try await context.activity(Reference.work, "undo")
                        }
                    } catch { Probe.note("shield \(type(of: error))") }
                    do { _ = try await context.sideEffect { Self.never() } } catch {
                        Probe.note("side effect \(type(of: error))")
                    }
                    do { try await context.activity(Reference.work, "again") } catch {
                        Probe.note("again \(type(of: error))")
                    }
                    do { try await context.timeout(.seconds(1)) { Probe.note("never") } } catch {
                        Probe.note("timeout \(type(of: error))")
                    }
                    context.logger.critical("never")
                }
            }

            static func never() -> Int {
                Probe.note("never")
                return 0
            }
        }
        let lines = LogCapture()
        let engine = EngineHarness(Cleaning.self, logger: lines.logger)
        try engine.start()
        let length = engine.execution.historyLength
        #expect(engine.evict())
        #expect(
            engine.journal.entries == [
                "deferred", "caught ExecutionHalted", "shield ExecutionHalted", "side effect ExecutionHalted",
                "again ExecutionHalted", "timeout ExecutionHalted",
            ]
        )
        #expect(engine.execution.historyLength == length)
        #expect(!engine.execution.isFinished)
        #expect(lines.messages.isEmpty)
        #expect(engine.evict())
    }

    /// A wait inside of a shield, behind a cancellation that has been asked for already, unwinds too.
    @Test func shieldsUnwind() throws {
        struct Shielded: Workflow {
            func run(_ context: WorkflowContext) async throws {
                try await context.shielded {
                    try await context.shielded {
                        do { try await context.sleep(for: .seconds(9)) } catch {
                            Probe.note("inner \(type(of: error))")
                            throw error
                        }
                    }
                }
            }
        }
        let engine = EngineHarness(Shielded.self)
        try engine.start()
        try engine.feed(.cancel)
        #expect(engine.journal.entries.isEmpty)
        #expect(engine.evict())
        #expect(engine.journal.entries == ["inner ExecutionHalted"])
    }

    struct Stubborn: Workflow {
        func run(_ context: WorkflowContext) async throws {
            while true { try? await context.sleep(for: .seconds(1)) }
        }
    }

    /// Code that ignores errors for ever can be neither ended nor dropped: it is parked, and whoever unloads it is told.
    @Test func stubbornLoopIsLeftBehind() throws {
        let engine = EngineHarness(Stubborn.self)
        try engine.start()
        #expect(!engine.evict())
        #expect(!engine.evict())
    }

    /// The same loop under cancellation fails its task with a message instead of spinning.
    @Test func stubbornLoopFailsOnCancel() throws {
        let engine = EngineHarness(Stubborn.self)
        try engine.start()
        let failure = try taskFailure { try engine.feed(.cancel) }
        #expect(failure.cause == .endlessLoop)
        #expect(failure.message.contains("CancellationError"))
        #expect(!engine.evict())
    }

    /// A stubborn loop that goes through other tasks each time runs out of jobs instead.
    @Test func stubbornLoopOverTasksIsLeftBehind() throws {
        struct Spawning: Workflow {
            func run(_ context: WorkflowContext) async throws {
                while true {
                    async let nap: Void = context.sleep(for: .seconds(1))
                    try? await nap
                }
            }
        }
        let engine = EngineHarness(Spawning.self)
        try engine.start()
        #expect(!engine.evict())
    }

    /// A wide execution has many calls to refuse and many jobs to run until it has ended, and is no loop for that.
    @Test func wideExecutionUnwinds() throws {
        struct Wide: Workflow {
            func run(_ context: WorkflowContext) async throws {
                try await withThrowingTaskGroup { group in
                    for _ in 0..<12_000 {
                        group.addTask {
                            do { try await context.sleep(for: .seconds(9)) } catch {
                                try await context.shielded { try await context.activity(Reference.work, "undo") }
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
        let engine = EngineHarness(Wide.self)
        try engine.start()
        #expect(engine.evict())
    }

    /// The same under cancellation: twelve thousand refused calls of as many tasks.
    @Test func wideExecutionIsCancelled() throws {
        struct Wide: Workflow {
            func run(_ context: WorkflowContext) async throws {
                await withTaskGroup { group in
                    for _ in 0..<12_000 {
                        group.addTask {
                            try? await context.sleep(for: .seconds(9))
                            try? await context.activity(Reference.work, "refused")
                        }
                    }
                }
            }
        }
        let engine = EngineHarness(Wide.self)
        try engine.start()
        #expect(try engine.feed(.cancel).completion?.status == .completed)
    }

    /// What is left of an execution that never started or has finished goes without a word.
    @Test func nothingToUnwind() throws {
        let idle = EngineHarness(Waiting.self)
        #expect(idle.evict())
        let done = EngineHarness(SequenceTests.Chain.self)
        try done.start(1)
        try done.feed(.completed(1, 2), .completed(2, 4))
        #expect(done.execution.isFinished)
        #expect(done.evict())
        #expect(done.execution.isFinished)
    }

    /// An execution that was evicted takes no events: an answer without decisions would be committed as if it were one.
    @Test func evictedExecutionTakesNothing() throws {
        let engine = EngineHarness(Waiting.self)
        try engine.start()
        engine.evict()
        #expect(try taskFailure { try engine.feed(.cancel) }.message.contains("left memory"))
    }

    /// A task that outlives the root cannot keep its wait: the timer is taken back, and unloading ends the wait.
    @Test func pendingTimersAreListedAtCompletion() throws {
        struct Leaver: Workflow {
            func run(_ context: WorkflowContext, _ waits: Bool) async throws {
                Task(executorPreference: context.execution.executor) {
                    do { try await context.sleep(for: .seconds(9)) } catch { Probe.note("\(type(of: error))") }
                }
                if waits { _ = try await context.receive(Signals.number) } else { await Task.yield() }
            }
        }
        let engine = EngineHarness(Leaver.self)
        #expect(try engine.start(true).timers.count == 1)
        let last = try engine.feed(.signal(Signals.number, 1))
        #expect(last.completion?.status == .completed)
        #expect(last.cancelledTimers == [CommandID(1)])
        #expect(engine.evict())
        #expect(engine.journal.entries == ["ExecutionHalted"])

        // Set in the same go, it never reaches the store.
        let quick = EngineHarness(Leaver.self)
        let only = try quick.start(false)
        #expect(only.completion?.status == .completed)
        #expect(only.timers.isEmpty && only.cancelledTimers.isEmpty)
    }
}
