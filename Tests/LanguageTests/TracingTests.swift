import Aloft
import InMemoryTracing
import Synchronization
import Testing
import Tracing

/// One trace from the client's start through everything that the workflow does, wherever that runs.
@Suite struct TracingTests {
    struct Parent: Workflow {
        static let go = Signal<Void>("go")

        func run(_ context: WorkflowContext) async throws -> Int {
            let sum = try await context.withSpan("reserve") { span in
                span.set("shop", to: "north")
                let first = try await context.activity(TracingTests.double, 1)
                return first + (try await context.activity(TracingTests.double, 2))
            }
            try await context.sleep(for: .milliseconds(20), name: "cool down")
            try await context.receive(Self.go)
            return try await context.subWorkflow(Child.self, sum)
        }
    }

    struct Child: Workflow {
        func run(_ context: WorkflowContext, _ value: Int) async throws -> Int {
            try await context.activity(TracingTests.double, value)
        }
    }

    static let double = ActivityReference<Int, Int>("double")
    static let doubling = ActivityFunction(double.name) { (value: Int) in 2 * value }

    @Test("One trace, nothing twice, everything in its place", arguments: Setup.all)
    func trace(_ setup: Setup) async throws {
        try await withFleet(setup) { fleet in
            let tracer = InMemoryTracer()
            let telemetry = Telemetry(tracer: tracer)
            let client = WorkflowClient(store: fleet.store, telemetry: telemetry)
            try await fleet.withWorker(telemetry: telemetry) {
                Parent.self
                Child.self
                Self.doubling
            } body: {
                let handle = try await client.start(Parent.self, id: "parent")
                try await handle.signal(Parent.go)
                let result = try await handle.result()
                #expect(result == 12)
            }
            let spans = Spans(tracer.finishedSpans)
            let start = try spans.only("StartWorkflow:Parent")
            // The signal was sent on its own: it is another trace, to which the receipt is linked.
            let sent = try spans.only("SignalWorkflow:go")
            #expect(spans.all.filter { $0.traceID != start.traceID }.map(\.operationName) == [sent.operationName])
            let received = try spans.only("ReceiveSignal:go")
            #expect(received.links.map(\.context.inMemorySpanContext?.spanID) == [sent.spanID])

            let runs = spans.named("RunWorkflow:Parent")
            #expect(runs.allSatisfy { $0.parentSpanID == start.spanID })
            #expect(runs.filter { $0.attributes["aloft.unloaded"] == nil }.count == 1)
            if setup.isResident { #expect(runs.count == 1) }

            let reserves = spans.named("reserve")
            #expect(reserves.allSatisfy { span in runs.contains { $0.spanID == span.parentSpanID } })
            #expect(reserves.allSatisfy { "\($0.attributes["shop"] as Any)".contains("north") })
            #expect(reserves.filter { $0.attributes["aloft.unloaded"] == nil }.count == 1)

            let activities = spans.named("RunActivity:double")
            #expect(activities.count == 3)
            #expect(activities.filter { span in reserves.contains { $0.spanID == span.parentSpanID } }.count == 2)
            let child = spans.named("RunWorkflow:Child")
            #expect(child.allSatisfy { span in runs.contains { $0.spanID == span.parentSpanID } })
            #expect(activities.filter { span in child.contains { $0.spanID == span.parentSpanID } }.count == 1)

            let timer = try spans.only("Timer:cool down")
            #expect(runs.contains { $0.spanID == timer.parentSpanID })
            let length = timer.endInstant.nanosecondsSinceEpoch - timer.startInstant.nanosecondsSinceEpoch
            #expect(length >= 20_000_000)
            #expect(tracer.activeSpans.isEmpty)
        }
    }

    @Test(
        "One trace across processes: clients and workers that have nothing in common but the store",
        arguments: Setup.all
    )
    func processes(_ setup: Setup) async throws {
        try await withFleet(setup) { fleet in
            // Each with a tracer of its own.
            let tracers = ["client", "workflows", "activities"].map(Self.tracer)
            var deciding = setup.options
            deciding.servesActivities = false
            var working = setup.options
            working.servesWorkflows = false
            let client = WorkflowClient(store: fleet.store, telemetry: Telemetry(tracer: tracers[0]))
            try await fleet.withWorker(options: deciding, telemetry: Telemetry(tracer: tracers[1])) {
                Parent.self
                Child.self
            } body: { [working] in
                try await fleet.withWorker(options: working, telemetry: Telemetry(tracer: tracers[2])) {
                    Self.doubling
                } body: {
                    let handle = try await client.start(Parent.self, id: "parent")
                    try await handle.signal(Parent.go)
                    let result = try await handle.result()
                    #expect(result == 12)
                }
            }
            let all = Spans(tracers.flatMap(\.finishedSpans))
            let start = try all.only("StartWorkflow:Parent")
            let rest = all.all.filter { $0.operationName != "SignalWorkflow:go" }
            #expect(rest.allSatisfy { $0.traceID == start.traceID })
            #expect(tracers[2].finishedSpans.map(\.operationName) == Array(repeating: "RunActivity:double", count: 3))
            let ids = Set(rest.map(\.spanID))
            #expect(ids.count == rest.count)
            #expect(rest.allSatisfy { $0.spanID == start.spanID || ids.contains($0.parentSpanID ?? "") })
        }
    }

    @Test("One trace also if the client that started the instance knows of none", arguments: Setup.all)
    func untracedClient(_ setup: Setup) async throws {
        try await withFleet(setup) { fleet in
            let tracer = InMemoryTracer()
            try await fleet.withWorker(telemetry: Telemetry(tracer: tracer)) {
                Parent.self
                Child.self
                Self.doubling
            } body: {
                let client = WorkflowClient(store: fleet.store, telemetry: .off)
                let handle = try await client.start(Parent.self, id: "parent")
                try await handle.signal(Parent.go)
                let result = try await handle.result()
                #expect(result == 12)
            }
            #expect(Set(tracer.finishedSpans.map(\.traceID)).count == 1)
            #expect(tracer.activeSpans.isEmpty)
        }
    }

    /// A tracer whose ids no other has.
    private static func tracer(_ name: String) -> InMemoryTracer {
        let number = Atomic<Int>(0)
        let next: @Sendable () -> String = { "\(name)-\(number.add(1, ordering: .relaxed).newValue)" }
        return InMemoryTracer(idGenerator: .init(nextTraceID: next, nextSpanID: next))
    }

    @Test("Where nothing is traced no event carries anything", arguments: Setup.all)
    func untraced(_ setup: Setup) async throws {
        try await withFleet(setup) { fleet in
            try await fleet.withWorker(telemetry: Telemetry()) {
                Parent.self
                Child.self
                Self.doubling
            } body: {
                let handle = try await fleet.client.start(Parent.self, id: "parent")
                try await handle.signal(Parent.go)
                _ = try await handle.result()
                let history = try await handle.history()
                #expect(history.allSatisfy { $0.body.headers.isEmpty })
            }
        }
    }

    struct Counting: Workflow {
        func run(_ context: WorkflowContext, _ rest: Int) async throws -> Int {
            if rest > 0 { throw context.continueAsNew(rest - 1) }
            return try await context.activity(TracingTests.double, 4)
        }
    }

    @Test("Executions that continue as new stay in the trace", arguments: Setup.all)
    func continuing(_ setup: Setup) async throws {
        try await withFleet(setup) { fleet in
            let tracer = InMemoryTracer()
            let telemetry = Telemetry(tracer: tracer)
            try await fleet.withWorker(telemetry: telemetry) {
                Counting.self
                Self.doubling
            } body: {
                let client = WorkflowClient(store: fleet.store, telemetry: telemetry)
                let result = try await client.start(Counting.self, 2).result()
                #expect(result == 8)
            }
            let spans = Spans(tracer.finishedSpans)
            #expect(Set(spans.all.map(\.traceID)).count == 1)
            let runs = spans.named("RunWorkflow:Counting").filter { $0.attributes["aloft.unloaded"] == nil }
            #expect(runs.count == 3)
        }
    }

    struct Failing: Workflow {
        struct Declined: Error {}
        func run(_ context: WorkflowContext) async throws {
            try await context.withSpan("pay") { _ in try await context.activity(TracingTests.pay, ()) }
        }
    }

    static let pay = ActivityReference<Void, Void>("pay")

    @Test("Each attempt has its span, and errors are marked")
    func failing() async throws {
        let setup = Setup(backend: .memory, isResident: true)
        try await withFleet(setup) { fleet in
            let tracer = InMemoryTracer()
            let telemetry = Telemetry(tracer: tracer)
            try await fleet.withWorker(telemetry: telemetry) {
                Failing.self
                ActivityFunction(Self.pay.name) { () throws in throw Failing.Declined() }
            } body: {
                let client = WorkflowClient(store: fleet.store, telemetry: telemetry)
                await #expect(throws: WorkflowError.self) { try await client.start(Failing.self).result() }
            }
            let spans = Spans(tracer.finishedSpans)
            let attempts = spans.named("RunActivity:pay")
            #expect(attempts.count == 3)
            #expect(Set(attempts.map { "\($0.attributes["aloft.attempt"] as Any)" }).count == 3)
            #expect(attempts.allSatisfy { $0.errors.count == 1 && $0.status?.code == .error })
            #expect(try spans.only("pay").errors.count == 1)
            #expect(try spans.only("RunWorkflow:Failing").status?.code == .error)
        }
    }

    @Test("Values of ServiceContext cross through propagators of one's own", arguments: Setup.all)
    func propagation(_ setup: Setup) async throws {
        try await withFleet(setup) { fleet in
            let telemetry = Telemetry(tracer: NoOpTracer(), propagators: [TenantPropagator()])
            let seen = Mutex<[String]>([])
            try await fleet.withWorker(telemetry: telemetry) {
                Outer.self
                Inner.self
                ActivityFunction("who") { (place: String) in
                    seen.withLock { $0.append("\(place): \(ServiceContext.current?.tenant ?? "nobody")") }
                }
            } body: {
                let client = WorkflowClient(store: fleet.store, telemetry: telemetry)
                var context = ServiceContext.topLevel
                context.tenant = "acme"
                let handle = try await ServiceContext.withValue(context) { try await client.start(Outer.self) }
                let tenants = try await handle.result()
                #expect(tenants == ["acme", "other", "acme"])
            }
            #expect(seen.withLock { $0 } == ["outer: acme", "inner: other"])
        }
    }

    struct Outer: Workflow {
        func run(_ context: WorkflowContext) async throws -> [String] {
            let here = ServiceContext.current?.tenant ?? "nobody"
            try await context.activity(ActivityReference<String, Void>("who"), "outer")
            var other = ServiceContext.current ?? .topLevel
            other.tenant = "other"
            let there = try await ServiceContext.withValue(other) { try await context.subWorkflow(Inner.self) }
            return [here, there, ServiceContext.current?.tenant ?? "nobody"]
        }
    }

    struct Inner: Workflow {
        func run(_ context: WorkflowContext) async throws -> String {
            try await context.activity(ActivityReference<String, Void>("who"), "inner")
            return ServiceContext.current?.tenant ?? "nobody"
        }
    }
}

extension EventBody {
    /// What crosses with it.
    fileprivate var headers: ContextHeaders {
        switch self {
        case .started(let started): started.headers
        case .signalReceived(_, _, let headers): headers
        case .activityScheduled(let scheduled): scheduled.headers
        case .subWorkflowScheduled(let scheduled): scheduled.headers
        case .signalScheduled(let scheduled): scheduled.headers
        default: [:]
        }
    }
}

/// The spans that a tracer has finished.
private struct Spans {
    let all: [FinishedInMemorySpan]

    init(_ all: [FinishedInMemorySpan]) { self.all = all }

    func named(_ name: String) -> [FinishedInMemorySpan] { all.filter { $0.operationName == name } }

    func only(_ name: String) throws -> FinishedInMemorySpan {
        let found = named(name)
        #expect(found.count == 1, "\(name) among \(all.map(\.operationName))")
        return try #require(found.first)
    }
}

/// Lets the tenant cross.
private struct TenantPropagator: Instrument {
    func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier,
        into context: inout ServiceContext,
        using extractor: Extract
    ) where Extract.Carrier == Carrier {
        if let tenant = extractor.extract(key: "tenant", from: carrier) { context.tenant = tenant }
    }

    func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext,
        into carrier: inout Carrier,
        using injector: Inject
    ) where Inject.Carrier == Carrier {
        if let tenant = context.tenant { injector.inject(tenant, forKey: "tenant", into: &carrier) }
    }
}

private enum TenantKey: ServiceContextKey { typealias Value = String }

extension ServiceContext {
    fileprivate var tenant: String? {
        get { self[TenantKey.self] }
        set { self[TenantKey.self] = newValue }
    }
}
