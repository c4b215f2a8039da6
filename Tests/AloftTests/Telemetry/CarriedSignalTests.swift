import Aloft
import InMemoryTracing
import Testing
import Tracing

/// A signal that goes along from execution to execution was received once.
@Suite struct CarriedSignalTests {
    struct Relay: Workflow {
        func run(_ context: WorkflowContext, _ rest: Int) async throws -> String {
            guard rest > 0 else { return try await context.receive(Signals.text) }
            _ = try await context.receive(Signals.number)
            throw context.continueAsNew(rest - 1)
        }
    }

    private func continuation(_ decisions: Decisions) throws -> Continuation {
        guard case .continuedAsNew(let next)? = decisions.completion else {
            throw FailedCompletion(completion: try #require(decisions.completion))
        }
        return next
    }

    @Test("A signal that is carried through executions has one span", arguments: [false, true])
    func spans(isCold: Bool) throws {
        let tracer = InMemoryTracer()
        var inputs = [try EngineHarness(Relay.self).startInput(2), try .signal(Signals.text, "carried")]
        for _ in 1...2 {
            let engine = EngineHarness(Relay.self, telemetry: Telemetry(tracer: tracer))
            try engine.feed(inputs.map { DeliveredInput(timestamp: Timestamp(milliseconds: 1_000), body: $0) })
            engine.execution.flushSpans()
            if isCold { try engine.restart() }
            let next = try continuation(engine.feed(.signal(Signals.number, 1)))
            engine.execution.flushSpans()
            inputs = [.started(next.started)] + next.signals
        }
        let last = EngineHarness(Relay.self, telemetry: Telemetry(tracer: tracer))
        try last.feed(inputs.map { DeliveredInput(timestamp: Timestamp(milliseconds: 1_000), body: $0) })
        last.execution.flushSpans()
        #expect(try last.completion?.value() == "carried")
        let names = tracer.finishedSpans.map(\.operationName)
        #expect(names.count { $0 == "ReceiveSignal:text" } == 1)
        #expect(names.count { $0 == "ReceiveSignal:number" } == 2)
        #expect(tracer.activeSpans.isEmpty)
    }

    @Test("Where nothing is traced or measured a signal is carried as it came")
    func untouched() throws {
        let engine = EngineHarness(Relay.self)
        try engine.start(1)
        let signal = EventBody.signalReceived(name: "text", try payload("carried"), headers: ["from": "a tracer"])
        try engine.feed(signal)
        #expect(try continuation(engine.feed(.signal(Signals.number, 1))).signals == [signal])
    }
}
