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
}
