import Aloft
import Testing

/// Signals from one instance to another.
@Suite struct OutgoingSignalTests {
    static let nudge = Signal<Void>("nudge")

    struct Sender: Workflow {
        func run(_ context: WorkflowContext) async throws -> String {
            do {
                try await context.signal("other", Signals.number, 5)
                Probe.note("delivered")
                try await context.signal("other", OutgoingSignalTests.nudge)
                return "both"
            } catch let error as SignalError {
                return "\(error.signal) \(error.instance) \(error.failure.kind)"
            }
        }
    }

    @Test(arguments: [false, true])
    func delivered(cold: Bool) throws {
        let engine = EngineHarness(Sender.self)
        let first = try engine.start()
        let scheduled = try #require(first.signals.first)
        #expect(scheduled.instance == "other")
        #expect(scheduled.name == "number")
        #expect(scheduled.payload == (try payload(5)))
        #expect(
            engine.execution.waits.map(\.text)
                == ["delivery of signal number to other at AloftTests/OutgoingSignalTests.swift:11"]
        )
        if cold { try engine.restart() }
        let second = try #require(engine.feed(.signalDelivered(scheduled.command)).signals.first)
        #expect(second.payload == .none)
        if cold { try engine.restart() }
        #expect(try engine.feed(.signalDelivered(second.command)).completion?.value() == "both")
        try engine.checkReplays()
    }

    @Test(arguments: [Failure.Kind.notFound, .finished, .limit])
    func refused(kind: Failure.Kind) throws {
        let engine = EngineHarness(Sender.self)
        try engine.start()
        let last = try engine.feed(.signalFailed(CommandID(1), Failure(kind: kind, type: "Refused", message: "no")))
        #expect(try last.completion?.value() == "number other \(kind)")
        try engine.checkReplays()
    }

    /// A cancelled sender learns what became of its signal; after that it sends no more.
    @Test(arguments: [false, true])
    func cancelled(cold: Bool) throws {
        let engine = EngineHarness(Sender.self)
        try engine.start()
        #expect(try engine.feed(.cancel).completion == nil)
        if cold { try engine.restart() }
        engine.journal.clear()
        let last = try engine.feed(.signalDelivered(CommandID(1)))
        #expect(engine.journal.entries == ["delivered"])
        #expect(last.signals.isEmpty)
        #expect(last.completion?.status == .cancelled)
        try engine.checkReplays()
    }

    /// Through a handle, to a sub-workflow.
    @Test func throughAHandle() throws {
        struct Parent: Workflow {
            func run(_ context: WorkflowContext) async throws {
                let handle = try await context.startSubWorkflow(SubWorkflowTests.Sweeping.self)
                try await handle.signal(Signals.number, 1)
                try await handle.signal(OutgoingSignalTests.nudge)
                try await handle.result()
            }
        }
        let engine = EngineHarness(Parent.self)
        let first = try engine.start()
        #expect(first.signals.map(\.instance) == first.subWorkflows.map(\.instance))
        try engine.feed(.signalDelivered(CommandID(2)))
        try engine.feed(.signalDelivered(CommandID(3)))
        #expect(try engine.feed(.subWorkflowCompleted(CommandID(1), .none)).completion?.status == .completed)
        try engine.checkReplays()
    }

    @Test func unusableNames() throws {
        struct Misnamed: Workflow {
            func run(_ context: WorkflowContext, _ toNobody: Bool) async throws {
                if toNobody { try await context.signal("", Signals.number, 1) }
                try await context.signal("other", Signal<Int>(""), 1)
            }
        }
        let nobody = try EngineHarness(Misnamed.self).start(true)
        #expect(nobody.completion?.failure?.message.contains("instance id is empty") == true)
        let nameless = try EngineHarness(Misnamed.self).start(false)
        #expect(nameless.completion?.failure?.message.contains("signal name is empty") == true)
        #expect(nameless.signals.isEmpty)
    }
}
