import Aloft
import InMemoryTracing
import Logging
import Testing
import Tracing

/// Tasks that outlive the span in which they were begun, or the execution: neither opens a span that nobody ends.
@Suite struct SpanLeakTests {
    let tracer = InMemoryTracer()

    var names: [String] { tracer.finishedSpans.map(\.operationName) }

    struct Planning: Workflow {
        func run(_ context: WorkflowContext) async throws {
            let work = await context.withSpan("plan") { _ in
                context.future {
                    try await context.sleep(for: .seconds(1), name: "pause")
                    try await context.activity(Reference.work, "late")
                }
            }
            try await work.value
        }
    }

    /// The replay used to drop the span while the future's task still had it in its context, and the timer began it anew: it
    /// was in nobody's list, and was never ended. Passing means that what the task does belongs to the enclosing span.
    @Test("A span that had ended before a replay is not begun again by a task that goes on")
    func endedBeforeReplay() throws {
        let engine = EngineHarness(Planning.self, telemetry: Telemetry(tracer: tracer))
        try engine.start()
        engine.execution.flushSpans()
        #expect(names == ["plan"])
        try engine.restart()
        tracer.clearFinishedSpans()

        let decisions = try engine.feed(.fired(1), after: 1_000)
        engine.execution.flushSpans()
        try engine.feed(.completed(2, ()))
        engine.execution.flushSpans()
        #expect(names == ["Timer:pause", "RunWorkflow:Planning"])
        let run = try #require(tracer.finishedSpans.last)
        #expect(tracer.finishedSpans.first?.parentSpanID == run.spanID)
        #expect(decisions.activities.map { $0.headers[InMemoryTracer.spanIDKey] } == [run.spanID])
        engine.evict()
        #expect(tracer.activeSpans.isEmpty)
    }

    struct Remembering: Workflow {
        func run(_ context: WorkflowContext) async throws {
            let work = await context.withSpan("plan") { span in
                context.future {
                    try await context.sleep(for: .seconds(1), name: "pause")
                    span.set("late", to: true)
                    span.addEvent("late")
                }
            }
            try await work.value
        }
    }

    @Test("Nor by what such a task says of it")
    func saidAfterwards() throws {
        let engine = EngineHarness(Remembering.self, telemetry: Telemetry(tracer: tracer))
        try engine.start()
        engine.execution.flushSpans()
        try engine.restart()
        tracer.clearFinishedSpans()
        try engine.feed(.fired(1), after: 1_000)
        engine.execution.flushSpans()
        #expect(names == ["Timer:pause", "RunWorkflow:Remembering"])
        engine.evict()
        #expect(tracer.activeSpans.isEmpty)
    }

    struct Leaving: Workflow {
        func run(_ context: WorkflowContext) async throws {
            _ = context.future {
                await context.withSpan("open") { _ in
                    do { _ = try await context.receive(Signals.number) } catch { context.logger.error("\(error)") }
                }
            }
            try await context.activity(Reference.work, "a")
        }
    }

    /// An execution that has ended is unloaded like any other, and what its open tasks then do is of no account.
    @Test("Unloading an execution that has ended is not heard and begins no span", arguments: [false, true])
    func unloading(isTraced: Bool) throws {
        let lines = LogCapture()
        let engine = EngineHarness(
            Leaving.self,
            logger: lines.logger,
            telemetry: isTraced ? Telemetry(tracer: tracer) : .off
        )
        try engine.start()
        try engine.feed(.completed(1, ()))
        engine.execution.flushSpans()
        #expect(engine.execution.isFinished)
        #expect(engine.evict())
        #expect(lines.messages.isEmpty)
        #expect(names == (isTraced ? ["RunWorkflow:Leaving"] : []))
        #expect(tracer.activeSpans.isEmpty)
    }
}
