import Aloft
import AloftClient
import InMemoryTracing
import Testing
import Tracing

/// When spans of workflow code begin and end: with what is committed, and once.
@Suite struct SpanTests {
    let tracer = InMemoryTracer()

    struct Spanning: Workflow {
        func run(_ context: WorkflowContext) async throws {
            try await context.withSpan("first") { span in
                span.set("key", to: "value")
                try await context.activity(Reference.work, "a")
            }
            try await context.withSpan("second") { _ in try await context.activity(Reference.work, "b") }
            await context.withSpan("third") { _ in }
        }
    }

    func engine<W: Workflow>(_ type: W.Type) -> EngineHarness {
        EngineHarness(type, telemetry: Telemetry(tracer: tracer))
    }

    var names: [String] { tracer.finishedSpans.map(\.operationName) }
    var unloaded: [String] {
        tracer.finishedSpans.filter { $0.attributes["aloft.unloaded"] != nil }.map(\.operationName)
    }

    @Test("A span ends when the decisions that came with its end are committed, not before")
    func committed() throws {
        let engine = engine(Spanning.self)
        try engine.start()
        engine.execution.flushSpans()
        #expect(names.isEmpty)
        try engine.feed(.completed(1, ()))
        #expect(names.isEmpty)
        engine.execution.flushSpans()
        #expect(names == ["first"])
        try engine.feed(.completed(2, ()))
        engine.execution.flushSpans()
        #expect(names == ["first", "second", "third", "RunWorkflow:Spanning"])
        #expect(unloaded.isEmpty)
        engine.evict()
        #expect(names.count == 4)
        #expect(tracer.activeSpans.isEmpty)
    }

    @Test("What ended in decisions that are thrown away has not ended, and nothing is left open")
    func thrownAway() throws {
        let engine = engine(Spanning.self)
        try engine.start()
        engine.execution.flushSpans()
        let history = engine.history
        try engine.feed(.completed(1, ()))
        #expect(engine.evict())
        #expect(Set(names) == ["first", "second", "RunWorkflow:Spanning"])
        #expect(Set(unloaded) == Set(names))
        #expect(tracer.activeSpans.isEmpty)

        // The next worker takes it up before that input, and what it commits counts.
        tracer.clearFinishedSpans()
        let next = engine.copy()
        try next.replay(history)
        _ = try next.apply([DeliveredInput(timestamp: Timestamp(milliseconds: 5_000), body: .completed(1, ()))])
        next.flushSpans()
        #expect(names == ["first"])
        #expect(tracer.finishedSpans.first?.attributes["aloft.resumed"] != nil)
        #expect(tracer.finishedSpans.first?.attributes["key"] != nil)
        #expect(next.evict())
        #expect(tracer.activeSpans.isEmpty)
    }

    @Test("A replay makes no span, and none of what came before")
    func replayed() throws {
        let engine = engine(Spanning.self)
        try engine.start()
        engine.execution.flushSpans()
        try engine.feed(.completed(1, ()))
        engine.execution.flushSpans()
        engine.evict()
        tracer.clearFinishedSpans()
        for _ in 1...3 { try engine.restart() }
        #expect(names.isEmpty)
        try engine.feed(.completed(2, ()))
        engine.execution.flushSpans()
        #expect(names == ["second", "third", "RunWorkflow:Spanning"])
        let starts = tracer.finishedSpans.map(\.startInstant.nanosecondsSinceEpoch)
        // As of when they began the first time: the harness' clock is at 1,001 to 1,003 milliseconds.
        #expect(starts == [1_002_000_000, 1_003_000_000, 1_001_000_000])
        try engine.restart()
        #expect(names.count == 3)
        #expect(tracer.activeSpans.isEmpty)
    }

    struct Parallel: Workflow {
        func run(_ context: WorkflowContext) async throws {
            async let left = context.withSpan("left") { _ in try await context.activity(Reference.work, "l") }
            async let right = context.withSpan("right") { _ in
                try await context.withSpan("inner") { _ in try await context.activity(Reference.work, "r") }
            }
            _ = try await (left, right)
        }
    }

    @Test("Spans of tasks that run at once are each in their own place, and so is what they start")
    func parallel() throws {
        let engine = engine(Parallel.self)
        let decisions = try engine.start()
        try engine.feed(.completed(2, ()), .completed(1, ()))
        engine.execution.flushSpans()
        let spans = Dictionary(tracer.finishedSpans.map { ($0.operationName, $0) }) { first, _ in first }
        let run = try #require(spans["RunWorkflow:Parallel"])
        #expect(spans["left"]?.parentSpanID == run.spanID)
        #expect(spans["right"]?.parentSpanID == run.spanID)
        #expect(spans["inner"]?.parentSpanID == spans["right"]?.spanID)
        let senders = decisions.activities.map { $0.headers[InMemoryTracer.spanIDKey] }
        #expect(Set(senders) == [spans["left"]?.spanID, spans["inner"]?.spanID])
        #expect(Set(tracer.finishedSpans.map(\.traceID)).count == 1)
    }

    struct Caring: Workflow {
        func run(_ context: WorkflowContext) async throws {
            let span = ServiceContext.current
            try await context.activity(Reference.work, span == nil ? "none" : "some")
        }
    }

    @Test("Without a tracer nothing crosses, and code sees no context, whatever the worker does just then")
    func off() throws {
        var context = ServiceContext.topLevel
        context.inMemorySpanContext = InMemorySpanContext(traceID: "worker", spanID: "worker", parentSpanID: nil)
        let engine = EngineHarness(Caring.self, telemetry: Telemetry())
        let decisions = try ServiceContext.withValue(context) { try engine.start() }
        let scheduled = try #require(decisions.activities.first)
        #expect(scheduled.headers.isEmpty)
        #expect(try PayloadCoder().decode(String.self, from: scheduled.input) == "none")
    }

    @Test("Headers that are too long for an event do not cross, and the work goes on")
    func tooLong() {
        let telemetry = Telemetry(
            tracer: NoOpTracer(),
            propagators: [Talkative(bytes: ContextHeaderRules.maximumBytes)]
        )
        #expect(telemetry.headers(of: .topLevel).isEmpty)
        let shorter = Telemetry(tracer: NoOpTracer(), propagators: [Talkative(bytes: 4_000)])
        #expect(shorter.headers(of: .topLevel).count == 1)
    }
}

/// Carries a value of a given length.
private struct Talkative: Instrument {
    let bytes: Int

    func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier,
        into context: inout ServiceContext,
        using extractor: Extract
    ) where Extract.Carrier == Carrier {}

    func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext,
        into carrier: inout Carrier,
        using injector: Inject
    ) where Inject.Carrier == Carrier {
        injector.inject(String(repeating: "x", count: bytes), forKey: "long", into: &carrier)
    }
}
