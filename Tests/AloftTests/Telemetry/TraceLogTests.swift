import Aloft
import AloftTesting
import InMemoryTracing
import Logging
import Testing
import Tracing

/// Lines of workflows and activities say which span they belong to.
@Suite struct TraceLogTests {
    struct Talking: Workflow {
        func run(_ context: WorkflowContext) async throws {
            context.logger.info("outside")
            try await context.withSpan("part") { _ in
                context.logger.info("inside")
                try await context.activity(ActivityReference<Void, Void>("talk"), ())
            }
        }
    }

    static func run(_ lines: LogCapture, _ tracer: TraceTracer) async throws {
        let store = MemoryStore()
        let telemetry = Telemetry(tracer: tracer)
        let worker = Worker(store: store, logger: lines.logger, telemetry: telemetry) {
            Talking.self
            ActivityFunction("talk") { (context: ActivityContext, _: Void) in context.logger.info("activity") }
        }
        let run = Task { try await worker.run() }
        try await worker.waitUntilReady()
        try await WorkflowClient(store: store, telemetry: telemetry).start(Talking.self).result()
        run.cancel()
        _ = await run.result
    }

    static func expect(_ lines: LogCapture, nameTheSpansOf tracer: TraceTracer) throws {
        for (line, name) in [
            ("outside", "RunWorkflow:Talking"), ("inside", "part"), ("activity", "RunActivity:talk"),
        ] {
            let span = try #require(tracer.inner.finishedSpans.first { $0.operationName == name })
            let index = try #require(lines.messages.firstIndex(of: line))
            #expect(lines.metadata[index][LogKey.trace] == "\(span.traceID)")
            #expect(lines.metadata[index][LogKey.span] == "\(span.spanID)")
        }
    }

    @Test("Each line has trace and span id, with no provider of metadata set up")
    func ownMetadata() async throws {
        let (lines, tracer) = (LogCapture(), TraceTracer())
        try await Self.run(lines, tracer)
        try Self.expect(lines, nameTheSpansOf: tracer)
    }

    @Test("A provider of metadata finds the span of a line in the context, and is not talked over")
    func provider() async throws {
        let tracer = TraceTracer()
        let lines = LogCapture(
            provider: Logger.MetadataProvider {
                guard let span = ServiceContext.current?.inMemorySpanContext else { return [:] }
                return ["trace_id": "\(span.traceID)", "span_id": "\(span.spanID)", "from": "provider"]
            }
        )
        try await Self.run(lines, tracer)
        try Self.expect(lines, nameTheSpansOf: tracer)
        let said = zip(lines.messages, lines.metadata).filter { ["outside", "inside", "activity"].contains($0.0) }
        #expect(said.allSatisfy { $0.1["from"] == "provider" })
    }

    @Test("Without a trace a line says nothing of one")
    func untraced() throws {
        let lines = LogCapture()
        let engine = EngineHarness(Talking.self, logger: lines.logger)
        try engine.start()
        #expect(lines.messages == ["outside", "inside"])
        #expect(lines.metadata.allSatisfy { $0[LogKey.trace] == nil && $0[LogKey.span] == nil })
    }

    @Test("Only what the W3C calls a traceparent is one")
    func traceParent() {
        let (trace, span) = (String(repeating: "a1", count: 16), String(repeating: "b2", count: 8))
        let parent = TraceParent("00-\(trace)-\(span)-01")
        #expect(parent.map { "\($0.trace) \($0.span)" } == "\(trace) \(span)")
        #expect(TraceParent("01-\(trace)-\(span)-01-more") != nil)
        for text in ["", "00", "00-\(trace)-\(span)", "00-\(span)-\(trace)-01", "00-\(trace)-zzzzzzzzzzzzzzzz-01"] {
            #expect(TraceParent(text) == nil, "\(text)")
        }
    }
}
