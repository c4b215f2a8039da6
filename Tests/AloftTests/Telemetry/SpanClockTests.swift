import Aloft
import InMemoryTracing
import Testing
import Tracing

/// Spans of workflow code are told by one clock, the store's: those of two would end before they began.
@Suite struct SpanClockTests {
    let tracer = InMemoryTracer()

    struct Spanning: Workflow {
        func run(_ context: WorkflowContext) async throws {
            try await context.withSpan("first") { _ in try await context.activity(Reference.work, "a") }
            try await context.withSpan("second") { span in
                span.addEvent("begun")
                try await context.activity(Reference.work, "b")
                span.addEvent("done")
            }
        }
    }

    private func times(_ span: FinishedInMemorySpan) -> [UInt64] {
        [span.startInstant.nanosecondsSinceEpoch, span.endInstant.nanosecondsSinceEpoch].map { $0 / 1_000_000 }
    }

    /// The harness' clock is at 1,001 to 1,003 milliseconds.
    @Test("A span ends at the moment of the event that ended it, and one that is unloaded at that of the last event")
    func ends() throws {
        let engine = EngineHarness(Spanning.self, telemetry: Telemetry(tracer: tracer))
        try engine.start()
        try engine.feed(.completed(1, ()))
        engine.execution.flushSpans()
        try engine.restart()
        var times = Dictionary(tracer.finishedSpans.map { ($0.operationName, self.times($0)) }) { first, _ in first }
        #expect(
            times == ["first": [1_001, 1_002], "second": [1_002, 1_002], "RunWorkflow:Spanning": [1_001, 1_002]]
        )
        tracer.clearFinishedSpans()
        try engine.feed(.completed(2, ()))
        engine.execution.flushSpans()
        times = Dictionary(tracer.finishedSpans.map { ($0.operationName, self.times($0)) }) { first, _ in first }
        #expect(times == ["second": [1_002, 1_003], "RunWorkflow:Spanning": [1_001, 1_003]])
    }

    @Test("An event of a span is told once, however often the code is replayed, and as of when it was")
    func events() throws {
        let engine = EngineHarness(Spanning.self, telemetry: Telemetry(tracer: tracer))
        try engine.start()
        try engine.feed(.completed(1, ()))
        for _ in 1...2 {
            engine.execution.flushSpans()
            try engine.restart()
        }
        try engine.feed(.completed(2, ()))
        engine.execution.flushSpans()
        let events = tracer.finishedSpans.flatMap(\.events)
        #expect(events.map(\.name) == ["begun", "done"])
        #expect(events.map { $0.nanosecondsSinceEpoch / 1_000_000 } == [1_002, 1_003])
    }

    struct Lending: Workflow {
        static let lent = Shared<WorkflowSpan?>(nil)

        func run(_ context: WorkflowContext) async throws {
            try await context.withSpan("lent") { span in
                Self.lent.value = span
                span.set("inside", to: "yes")
                try await context.activity(Reference.work, "a")
            }
        }
    }

    @Test("What others than the execution's own tasks say of a span is not heard")
    func foreign() throws {
        let engine = EngineHarness(Lending.self, telemetry: Telemetry(tracer: tracer))
        try engine.start()
        let span = try #require(Lending.lent.value)
        span.set("outside", to: "yes")
        span.addEvent("outside")
        try engine.feed(.completed(1, ()))
        engine.execution.flushSpans()
        let lent = try #require(tracer.finishedSpans.first)
        #expect(lent.operationName == "lent")
        #expect(lent.attributes["inside"] != nil)
        #expect(lent.attributes["outside"] == nil)
        #expect(lent.events.isEmpty)
    }
}
