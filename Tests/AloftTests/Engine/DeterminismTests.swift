import Aloft
import Foundation
import Testing

/// A replay that does not fit its history stops the task and harms nothing.
@Suite struct DeterminismTests {
    struct Original: Workflow {
        static let name = "Orders"
        func run(_ context: WorkflowContext) async throws -> String {
            try await context.activity(Reference.work, "reserve")
            try await context.sleep(for: .seconds(1), name: "cool down")
            return "original"
        }
    }

    struct Changed: Workflow {
        static let name = "Orders"
        func run(_ context: WorkflowContext) async throws -> String {
            try await context.activity(Reference.work, "reserve")
            _ = try await context.activity(Reference.double, 1)
            return "changed"
        }
    }

    struct Shortened: Workflow {
        static let name = "Orders"
        func run(_ context: WorkflowContext) async throws -> String {
            try await context.activity(Reference.work, "reserve")
            return try await context.receive(Signals.text)
        }
    }

    struct Extended: Workflow {
        static let name = "Orders"
        func run(_ context: WorkflowContext) async throws -> String {
            async let audit: Void = context.activity(Reference.work, "audit")
            try await context.activity(Reference.work, "reserve")
            try await audit
            return "extended"
        }
    }

    struct Corrected: Workflow {
        static let name = "Orders"
        func run(_ context: WorkflowContext) async throws -> String {
            try await context.activity(Reference.work, "reserve all")
            try await context.sleep(for: .seconds(5), name: "cool down")
            return "corrected"
        }
    }

    /// Code that does something else stops at the event, names its own line, and leaves the history alone; code that fits goes
    /// on from where the instance was.
    @Test func changedCodeStopsAndCorrectedCodeGoesOn() throws {
        let engine = EngineHarness(Original.self)
        try engine.start()
        try engine.feed(.completed(1, ()))
        let history = engine.history
        let failure = try taskFailure { try engine.deploy(Changed.self) }
        #expect(failure.cause == .nondeterminism)
        #expect(
            failure.message.contains(
                "event 4 of the history is timer #2 cool down, but the code did activity #2 double"
            )
        )
        #expect(failure.message.contains("AloftTests/DeterminismTests.swift:20"))
        #expect(engine.history == history)
        // Nothing can be made of the halted execution by feeding it.
        #expect(try taskFailure { try engine.feed(.fired(2)) } == failure)

        try engine.deploy(Corrected.self)
        #expect(try engine.feed(.fired(2)).completion?.value() == "corrected")
    }

    @Test func codeThatDoesLess() throws {
        let engine = EngineHarness(Original.self)
        try engine.start()
        try engine.feed(.completed(1, ()))
        let failure = try taskFailure { try engine.deploy(Shortened.self) }
        #expect(
            failure.message.contains("event 4 of the history is timer #2 cool down, but the code no longer does that")
        )
        try engine.deploy(Original.self)
        #expect(try engine.feed(.fired(2)).completion?.value() == "original")
    }

    @Test func codeThatDoesMore() throws {
        let engine = EngineHarness(Original.self)
        try engine.start()
        let failure = try taskFailure { try engine.deploy(Extended.self) }
        #expect(
            failure.message.contains(
                "no further decision after event 1 (start of Orders), but the code did activity #2 work"
            )
        )
    }

    /// Code that catches the error of a mismatch, or cleans up after it, cannot hide it.
    @Test func mismatchCannotBeCaught() throws {
        struct Hiding: Workflow {
            static let name = "Orders"
            func run(_ context: WorkflowContext) async throws -> String {
                try? await context.sleep(for: .seconds(1))
                try? await context.activity(Reference.work, "reserve")
                return "hidden"
            }
        }
        let engine = EngineHarness(Original.self)
        try engine.start()
        let failure = try taskFailure { try engine.deploy(Hiding.self) }
        #expect(failure.cause == .nondeterminism)
        #expect(failure.message.contains("event 2 of the history is activity #1 work, but the code did timer #1 sleep"))
    }

    /// The completion is compared as everything else is.
    @Test func completionIsCompared() throws {
        struct Failing: Workflow {
            static let name = "Orders"
            func run(_ context: WorkflowContext) async throws -> String {
                try await context.activity(Reference.work, "reserve")
                try await context.sleep(for: .seconds(1), name: "cool down")
                throw PermanentError("no")
            }
        }
        let engine = EngineHarness(Original.self)
        try engine.start()
        try engine.feed(.completed(1, ()), .fired(2))
        try engine.restart()
        #expect(engine.execution.isFinished)
        let failure = try taskFailure { try engine.deploy(Failing.self) }
        #expect(failure.message.contains("is completion of the workflow, but the code did failure of the workflow"))
    }

    /// Histories come from outside: gaps, events out of place and a second start are told apart from changed code.
    @Test func historiesThatMakeNoSense() throws {
        let engine = EngineHarness(Original.self)
        try engine.start()
        try engine.feed(.completed(1, ()), .fired(2))
        let history = engine.history
        func cause(_ change: (inout [Event]) -> Void) throws -> TaskFailure {
            var events = history
            change(&events)
            let execution = Execution(
                blueprint: engine.blueprint,
                instance: "instance-1",
                execution: "execution-1",
                coder: PayloadCoder(),
                logger: LogCapture().logger
            )
            defer { execution.evict() }
            return try taskFailure { try execution.replay(events) }
        }
        #expect(try cause { $0.remove(at: 2) }.cause == .invalidHistory)
        #expect(try cause { $0[1].number = 9 }.message == "event 9 (activity #1 work) is out of place")
        #expect(try cause { $0.removeFirst() }.cause == .invalidHistory)
        #expect(try cause { $0[2].body = $0[0].body }.message == "the execution was started twice")
        #expect(
            try cause { $0.append(Event(number: $0.count + 1, timestamp: $0[0].timestamp, body: .cancel)) }.cause
                == .invalidHistory
        )
    }

    struct Delegating: Workflow {
        static let name = "Orders"
        func run(_ context: WorkflowContext) async throws -> String {
            let child = try await context.startSubWorkflow(
                WorkflowReference<Void, Void>("Child"),
                options: .init(id: "c")
            )
            try await context.signal("other", Signals.number, 1)
            try await child.cancel()
            throw context.continueAsNew()
        }
    }

    /// Code that waits, ends early, or does something else where the history holds one of the other kinds of decision.
    @Test func everyKindIsNamed() throws {
        struct Waiting: Workflow {
            static let name = "Orders"
            func run(_ context: WorkflowContext) async throws -> String { try await context.receive(Signals.text) }
        }
        struct Early: Workflow {
            static let name = "Orders"
            func run(_ context: WorkflowContext) async throws -> String { "early" }
        }
        struct OtherChild: Workflow {
            static let name = "Orders"
            func run(_ context: WorkflowContext) async throws -> String {
                try await context.subWorkflow(WorkflowReference<Void, Void>("Child"), options: .init(id: "d"))
                return "other"
            }
        }
        struct NoSignal: Workflow {
            static let name = "Orders"
            func run(_ context: WorkflowContext) async throws -> String {
                let reference = WorkflowReference<Void, Void>("Child")
                _ = try await context.startSubWorkflow(reference, options: .init(id: "c"))
                try await context.signal("nobody", Signals.number, 1)
                return "none"
            }
        }
        struct Going: Workflow {
            static let name = "Orders"
            func run(_ context: WorkflowContext) async throws -> String {
                let reference = WorkflowReference<Void, Void>("Child")
                let child = try await context.startSubWorkflow(reference, options: .init(id: "c"))
                try await context.signal("other", Signals.number, 1)
                try await child.cancel()
                try await child.result()
                return "went on"
            }
        }
        let engine = EngineHarness(Delegating.self)
        try engine.start()
        try engine.feed(.signalDelivered(CommandID(2)))
        #expect(engine.execution.isFinished)
        try engine.checkReplays()
        func message<W: Workflow>(_ type: W.Type) throws -> String {
            let failure = try taskFailure { try engine.deploy(type) }
            #expect(failure.cause == .nondeterminism)
            return failure.message
        }
        let here = "AloftTests/DeterminismTests.swift:"
        let waiting = try message(Waiting.self)
        #expect(
            waiting.contains("event 2 of the history is sub-workflow #1 Child (c), but the code no longer does that")
        )
        #expect(waiting.contains("it waits for signal text at \(here)"))
        #expect(try message(Early.self).contains("but the code did completion of the workflow"))
        #expect(try message(OtherChild.self).contains("but the code did sub-workflow #1 Child (d) at \(here)"))
        #expect(
            try message(NoSignal.self)
                .contains(
                    "event 3 of the history is signal #2 number to other, but the code did signal #2 number to nobody"
                )
        )
        let going = try message(Going.self)
        #expect(going.contains("event 6 of the history is continuation as new, but the code no longer does that"))
        #expect(going.contains("it waits for sub-workflow Child (c) at \(here)"))
    }

    /// The store ends an instance without its code: the history replays as far as that decided.
    @Test(arguments: [
        EventBody.workflowTerminated(Failure(type: "Terminated", message: "")),
        EventBody.workflowTimedOut(Failure(type: "TimeoutError", message: "")),
    ])
    func endFromOutside(end: EventBody) throws {
        func replay(_ events: [Event]) throws -> Execution {
            let cold = Execution(
                blueprint: WorkflowBlueprint(Original.self, coder: PayloadCoder()),
                instance: "instance-1",
                execution: "execution-1",
                coder: PayloadCoder(),
                logger: LogCapture().logger
            )
            try cold.replay(events)
            return cold
        }
        let engine = EngineHarness(Original.self)
        try engine.start()
        let time = Timestamp(milliseconds: 9_000)
        let ended = try replay(engine.history + [Event(number: 3, timestamp: time, body: end)])
        #expect(ended.isFinished)
        #expect(ended.historyLength == 3)
        #expect(ended.evict())
        // Before its code ran there is nothing to replay.
        let unborn = try replay([Event(number: 1, timestamp: time, body: end)])
        #expect(unborn.isFinished)
        #expect(throws: TaskFailure.self) {
            _ = try replay(engine.history + [Event(number: 7, timestamp: time, body: end)])
        }
    }

    /// Code may branch on the length of its history, which is therefore the same at the same place on every replay.
    @Test func historyLengthIsTheSameOnReplay() throws {
        struct Counting: Workflow {
            func run(_ context: WorkflowContext) async throws -> [Int] {
                var lengths = [context.historyLength]
                try await context.activity(Reference.work, "a")
                lengths.append(context.historyLength)
                _ = try await context.sideEffect { 1 }
                lengths.append(context.historyLength)
                try await context.sleep(for: .seconds(1))
                lengths.append(context.historyLength)
                Probe.note("\(lengths)")
                return lengths
            }
        }
        let engine = EngineHarness(Counting.self)
        try engine.start()
        try engine.feed(.completed(1, ()))
        try engine.feed(.fired(3))
        try engine.restart()
        #expect(engine.journal.entries == Array(repeating: "[1, 3, 4, 6]", count: 2))
    }

    /// Time stands still between events, never goes back, and is the same on replay.
    @Test func clockOfTheExecution() throws {
        struct Clock: Workflow {
            func run(_ context: WorkflowContext) async throws {
                for try await _ in context.signals(Signals.number) {
                    Probe.note("\(Int(context.now.timeIntervalSince1970 * 1000))")
                }
            }
        }
        let engine = EngineHarness(Clock.self)
        try engine.start()
        let times: [Int64] = [2_000, 1_500, 2_000, 3_000]
        try engine.feed(
            times.map { DeliveredInput(timestamp: Timestamp(milliseconds: $0), body: try .signal(Signals.number, 1)) }
        )
        #expect(engine.journal.entries == ["2000", "2000", "2000", "3000"])
        engine.journal.clear()
        try engine.restart()
        #expect(engine.journal.entries == ["2000", "2000", "2000", "3000"])
    }
}
