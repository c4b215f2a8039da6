import Aloft
import InMemoryTracing
import Testing
import Tracing

/// An instance is one trace, also if whoever started it knew of none, and if not all workers trace.
@Suite struct TraceContinuityTests {
    let tracer = InMemoryTracer()

    struct Steps: Workflow {
        func run(_ context: WorkflowContext) async throws {
            for step in ["a", "b", "c"] { try await context.activity(Reference.work, step) }
        }
    }

    @Test("An execution that was started without a trace stays in the one that it began, whoever goes on with it")
    func residencies() throws {
        let engine = EngineHarness(Steps.self, telemetry: Telemetry(tracer: tracer))
        try engine.start()
        for command in 1...3 {
            engine.execution.flushSpans()
            try engine.restart()
            try engine.feed(.completed(command, ()))
        }
        engine.execution.flushSpans()
        #expect(tracer.finishedSpans.count == 4)
        #expect(Set(tracer.finishedSpans.map(\.traceID)).count == 1)
        #expect(tracer.activeSpans.isEmpty)
    }

    struct Again: Workflow {
        func run(_ context: WorkflowContext) async throws {
            try await context.activity(Reference.work, "a")
            throw context.continueAsNew()
        }
    }

    private func headers(ofContinuation decisions: Decisions) throws -> ContextHeaders {
        guard case .continuedAsNew(let next)? = decisions.completion else {
            throw FailedCompletion(completion: try #require(decisions.completion))
        }
        return next.started.headers
    }

    @Test("What continues an execution that was started without a trace stays in its trace", arguments: [false, true])
    func continuations(isCold: Bool) throws {
        let engine = EngineHarness(Again.self, telemetry: Telemetry(tracer: tracer))
        try engine.start()
        engine.execution.flushSpans()
        if isCold { try engine.restart() }
        let headers = try headers(ofContinuation: engine.feed(.completed(1, ())))
        engine.execution.flushSpans()
        let run = try #require(tracer.finishedSpans.last)
        #expect(headers[InMemoryTracer.traceIDKey] == run.traceID)
        #expect(Set(tracer.finishedSpans.map(\.traceID)).count == 1)
    }

    @Test("A worker without a tracer hands on what the start came with")
    func untracedWorker() throws {
        let given = ["traceparent": "from the client"]
        let engine = EngineHarness(Again.self)
        var started = EventBody.Started(workflow: "Again", queue: .default, input: try payload(()))
        started.headers = given
        let decisions = try engine.feed(.started(started))
        #expect(decisions.activities.map(\.headers) == [given])
        try engine.restart()
        #expect(try headers(ofContinuation: engine.feed(.completed(1, ()))) == given)
        try engine.checkReplays()
    }

    struct Moving: Workflow {
        func run(_ context: WorkflowContext) async throws {
            Probe.note(ServiceContext.current?.place ?? "nowhere")
            var there = ServiceContext.current ?? .topLevel
            there.place = "there"
            try await ServiceContext.withValue(there) { try await context.activity(Reference.work, "a") }
        }
    }

    /// Only the trace: what code set for one activity must not be there, on a replay, where it was not before.
    @Test("A replay takes the trace from what was recorded, and no value that code could see")
    func onlyTheTrace() throws {
        let engine = EngineHarness(
            Moving.self,
            telemetry: Telemetry(tracer: tracer, propagators: [PlacePropagator()])
        )
        let decisions = try engine.start()
        #expect(decisions.activities.first?.headers["place"] == "there")
        try engine.restart()
        #expect(engine.journal.entries == ["nowhere", "nowhere"])
    }
}

private enum PlaceKey: ServiceContextKey { typealias Value = String }

extension ServiceContext {
    fileprivate var place: String? {
        get { self[PlaceKey.self] }
        set { self[PlaceKey.self] = newValue }
    }
}

private struct PlacePropagator: Instrument {
    func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier,
        into context: inout ServiceContext,
        using extractor: Extract
    ) where Extract.Carrier == Carrier {
        if let place = extractor.extract(key: "place", from: carrier) { context.place = place }
    }

    func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext,
        into carrier: inout Carrier,
        using injector: Inject
    ) where Inject.Carrier == Carrier {
        if let place = context.place { injector.inject(place, forKey: "place", into: &carrier) }
    }
}
