import AloftClient
import AloftCore
import AloftDashboard
import AloftTesting
import HTTPTypes
import InMemoryTracing
import Testing

@Suite("Traces", .timeLimit(.minutes(1))) struct TraceTests {
    @Test("what a program starts and signals is part of its trace")
    func caller() async throws {
        let stage = try await Stage()
        let tracer = InMemoryTracer()
        let client = WorkflowClient(store: stage.store, telemetry: Telemetry(tracer: tracer))
        var headers: HTTPFields = [:]
        headers[try #require(HTTPField.Name("In-Memory-Trace-Id"))] = "the-trace"
        headers[try #require(HTTPField.Name("In-Memory-Span-Id"))] = "the-caller"
        let caller = headers
        try await withDashboard(stage, client) { browser async throws in
            let start = #"{"workflow":"Pay","id":"order-1","queue":"orders","signal":{"name":"first"}}"#
            #expect(try await browser.send(.post, "/api/v1/instances", caller, body: start).status == .created)
            // An id that is in use: the span tells of it, and so does the audit.
            #expect(try await browser.send(.post, "/api/v1/instances", caller, body: start).status == .conflict)
            let signal = #"{"name":"go"}"#
            let place = "/api/v1/instances/order-1/signals"
            #expect(try await browser.send(.post, place, caller, body: signal).status == .accepted)
            #expect(try await browser.send(.post, place, body: signal).status == .accepted)
        }
        let spans = tracer.finishedSpans
        #expect(
            spans.map(\.operationName) == [
                "StartWorkflow:Pay", "StartWorkflow:Pay", "SignalWorkflow:go", "SignalWorkflow:go",
            ]
        )
        #expect(spans.map { $0.traceID == "the-trace" } == [true, true, true, false])
        #expect(spans.map { $0.parentSpanID == "the-caller" } == [true, true, true, false])
        #expect(spans.map { $0.errors.isEmpty } == [true, false, true, true])
        try await stage.decide("order-1", [])
        let events = try await stage.client.handle("order-1", returning: Void.self).history()
        guard case .started(let started) = events.first?.body else { throw Stage.Conflict() }
        #expect(started.headers["in-memory-trace-id"] == "the-trace")
        #expect(started.headers["in-memory-span-id"] == spans.first?.spanID)
        let actions = try await stage.store.lastActions(10).reversed()
        #expect(actions.map(\.isFailure) == [false, true, false, false])
    }
}
