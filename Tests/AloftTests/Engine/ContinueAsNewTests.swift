import Aloft
import Testing

/// An execution that ends to go on with a fresh history.
@Suite struct ContinueAsNewTests {
    struct Counter: Workflow {
        func run(_ context: WorkflowContext, _ count: Int) async throws -> Int {
            Probe.note("\(count) after \(context.continuedFrom?.rawValue ?? "none")")
            let next = count + (try await context.receive(Signals.number))
            if next < 10 { throw context.continueAsNew(next) }
            return next
        }
    }

    private func continuation(_ decisions: Decisions) throws -> Continuation {
        guard case .continuedAsNew(let continuation)? = decisions.completion else {
            throw FailedCompletion(completion: try #require(decisions.completion))
        }
        return continuation
    }

    @Test(arguments: [false, true])
    func goesOn(cold: Bool) throws {
        let link = ParentLink(instance: "p", execution: "e", command: CommandID(3))
        let engine = EngineHarness(Counter.self)
        let started = EventBody.Started(workflow: "Counter", queue: "q", input: try payload(1), parent: link)
        try engine.feed(.started(started))
        if cold { try engine.restart() }
        let last = try engine.feed(.signal(Signals.number, 2))
        let next = try continuation(last)
        #expect(next.started.workflow == "Counter")
        #expect(next.started.queue == "q")
        #expect(next.started.parent == link)
        #expect(next.started.continuedFrom == "execution-1")
        #expect(next.started.input == (try payload(3)))
        #expect(!next.started.isCancelled)
        #expect(next.signals.isEmpty)
        #expect(next.execution.rawValue.utf8.count == 22)
        #expect(
            last.events.last?.body
                == .continuedAsNew(.init(execution: next.execution, input: try payload(3)))
        )
        #expect(engine.execution.isFinished)
        try engine.checkReplays()

        let second = EngineHarness(Counter.self)
        try second.feed(.started(next.started))
        #expect(second.journal.entries == ["3 after execution-1"])
        #expect(try second.feed(.signal(Signals.number, 7)).completion?.value() == 10)
    }

    /// Signals that nobody received go along, in the order in which they came, whatever their names; what comes behind the end
    /// is not consumed.
    @Test func signalsGoAlong() throws {
        let engine = EngineHarness(Counter.self)
        try engine.start(1)
        try engine.feed(.signal(Signals.text, "a"))
        let last = try engine.feed(
            .signal(Signal<Int>("zeta"), 1),
            .signal(Signals.text, "b"),
            .signal(Signal<Int>("alpha"), 2),
            .signal(Signals.number, 2),
            .signal(Signals.number, 3),
            .cancel
        )
        let next = try continuation(last)
        #expect(
            next.signals == [
                try .signal(Signals.text, "a"), try .signal(Signal<Int>("zeta"), 1), try .signal(Signals.text, "b"),
                try .signal(Signal<Int>("alpha"), 2),
            ]
        )
        #expect(last.consumedInputs == 4)
        #expect(last.events.count == 5)
        #expect(!next.started.isCancelled)
        try engine.checkReplays()
    }

    /// An error that is made and not thrown leaves no trace, and a replay does not take for its refusal what follows it.
    @Test func madeAndNotThrown() throws {
        struct Maker: Workflow {
            func run(_ context: WorkflowContext) async throws -> String {
                let error = context.continueAsNew()
                do { _ = try await context.sideEffect { Double.nan } } catch { Probe.note("\(type(of: error))") }
                try await context.activity(Reference.work, "next")
                return "\(type(of: error))"
            }
        }
        let engine = EngineHarness(Maker.self)
        let first = try engine.start()
        try engine.restart()
        #expect(engine.journal.entries == ["PayloadError", "PayloadError"])
        let command = try #require(first.activities.first).command
        #expect(try engine.feed(.completed(command.number, ())).completion?.value() == "ContinueAsNew")
        try engine.checkReplays()
    }

    /// Why it was asked to cancel is not lost either.
    @Test func reasonGoesAlong() throws {
        struct Deaf: Workflow {
            func run(_ context: WorkflowContext, _ count: Int) async throws {
                do { try await context.until { false } } catch {
                    guard count > 0 else { throw error }
                    throw context.continueAsNew(count - 1)
                }
            }
        }
        let engine = EngineHarness(Deaf.self)
        try engine.start(1)
        try engine.feed(.signal(Signals.number, 1))
        let next = try continuation(engine.feed(.cancelRequested(reason: "too late")))
        let second = EngineHarness(Deaf.self)
        let inputs = [.started(next.started)] + next.signals
        let time = Timestamp(milliseconds: 9_000)
        let last = try second.feed(inputs.map { DeliveredInput(timestamp: time, body: $0) })
        #expect(last.completion?.status == .cancelled)
        #expect(last.completion?.failure?.message == "too late")
        #expect(next.signals.contains(try .signal(Signals.number, 1)))
    }

    /// A request to cancel that the code did not heed is not lost.
    @Test func requestToCancelGoesAlong() throws {
        struct Deaf: Workflow {
            func run(_ context: WorkflowContext, _ count: Int) async throws {
                do { try await context.until { false } } catch { throw context.continueAsNew(count + 1) }
            }
        }
        let engine = EngineHarness(Deaf.self)
        try engine.start(1)
        let next = try continuation(engine.feed(.cancel))
        #expect(next.started.isCancelled)
        try engine.checkReplays()
    }

    /// Timers that are open are taken back; each execution has an id of its own, the same on every replay.
    @Test func dropsWhatIsOpen() throws {
        struct Racing: Workflow {
            func run(_ context: WorkflowContext) async throws {
                try await withThrowingTaskGroup { group in
                    group.addTask { try await context.sleep(for: .seconds(60)) }
                    group.addTask {
                        _ = try await context.receive(Signals.number)
                        throw context.continueAsNew()
                    }
                    try await group.next()
                }
            }
        }
        let engine = EngineHarness(Racing.self)
        try engine.start()
        let last = try engine.feed(.signal(Signals.number, 1))
        #expect(last.cancelledTimers == [CommandID(1)])
        let next = try continuation(last)
        #expect(next.started.input == .none)
        #expect(next.execution != "execution-1")
        try engine.checkReplays()
    }

    /// An input of another type fails the workflow, and the message says where and what to do.
    @Test func wrongType() throws {
        struct Mistaken: Workflow {
            func run(_ context: WorkflowContext, _ count: Int) async throws { throw context.continueAsNew("two") }
        }
        let engine = EngineHarness(Mistaken.self)
        let failure = try #require(engine.start(1).completion?.failure)
        #expect(failure.message.contains("value of type String at AloftTests/ContinueAsNewTests.swift:162"))
        #expect(failure.message.contains("its input is Int"))
        #expect(failure.isPermanent)
        try engine.checkReplays()
    }

    /// Caught and swallowed it does nothing.
    @Test func swallowed() throws {
        struct Swallowing: Workflow {
            func run(_ context: WorkflowContext, _ count: Int) async throws -> String {
                do { throw context.continueAsNew(2) } catch let error as ContinueAsNew { return "\(error)" }
            }
        }
        let engine = EngineHarness(Swallowing.self)
        let only = try engine.start(1)
        let text: String = try #require(only.completion).value()
        #expect(text.hasPrefix("continue as new with a value of type Int at AloftTests/ContinueAsNewTests.swift:"))
        #expect(only.events.count == 2)
        try engine.checkReplays()
    }

    @Test func undecodableInput() throws {
        struct Infinite: Workflow {
            func run(_ context: WorkflowContext, _ value: Double) async throws {
                throw context.continueAsNew(Double.infinity)
            }
        }
        #expect(try EngineHarness(Infinite.self).start(1.0).completion?.failure?.type == "PayloadError")
    }

    /// The advice to continue depends on the length of the history alone.
    @Test func advice() throws {
        struct Long: Workflow {
            func run(_ context: WorkflowContext) async throws {
                while !context.shouldContinueAsNew { _ = try await context.receive(Signals.number) }
                throw context.continueAsNew()
            }
        }
        let engine = EngineHarness(Long.self)
        try engine.start()
        let signals = try (2...10_001).map { _ in
            DeliveredInput(timestamp: Timestamp(milliseconds: 2_000), body: try .signal(Signals.number, 1))
        }
        let last = try engine.feed(signals)
        #expect(last.consumedInputs == 9_999)
        #expect(last.completion != nil)
        #expect(engine.history.count == 10_001)
        try engine.restart()
    }
}
