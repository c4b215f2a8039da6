import Aloft
import AloftEndpoint
import AloftTesting
import Logging
import ServiceLifecycle
import Testing

/// What an orchestrator is told over HTTP.
@Suite(.timeLimit(.minutes(2)))
struct WorkerEndpointTests {
    /// Runs store, endpoint and worker as a program does, and stops them in its orderly way.
    private func withProgram(
        _ worker: Worker,
        metrics: (@Sendable () -> String)? = nil,
        _ body: (Int, ServiceGroup) async throws -> Void
    ) async throws {
        let (ports, listening) = AsyncStream<Int>.makeStream()
        let endpoint = WorkerEndpoint(
            workers: [worker],
            port: 0,
            logger: quiet,
            metrics: metrics,
            onListening: { listening.yield($0) }
        )
        let group = ServiceGroup(services: [endpoint, worker], logger: quiet)
        let run = Task { try await group.run() }
        for await port in ports {
            try await body(port, group)
            break
        }
        await group.triggerGracefulShutdown()
        try await run.value
    }

    @Test("A worker that serves its queues is live and ready, and says so in JSON")
    func serving() async throws {
        let worker = Worker(store: MemoryStore(), logger: quiet) { Patient.self }
        try await withProgram(worker) { port, _ in
            try await worker.waitUntilReady()
            for path in ["/health/live", "/health/ready"] {
                let answer = try await get(path, port: port)
                #expect(answer.status == 200)
                #expect(answer.type.hasPrefix("application/json"))
                #expect(answer.field("status") == "ok")
                #expect(answer.field("reasons") == [String]())
                let workers: [[String: Any]]? = answer.field("workers")
                #expect(workers?.first?["status"] as? String == "serving")
                #expect(workers?.first?["lease"] as? Double == 10)
                #expect(workers?.first?["heartbeatAge"] as? Double != nil)
            }
        }
    }

    @Test("While it drains it is at once not ready, and live to the end")
    func draining() async throws {
        let gate = Gate()
        let store = MemoryStore()
        let worker = Worker(store: store, options: WorkerOptions(gracePeriod: .seconds(60)), logger: quiet) {
            Patient.self
            ActivityFunction("pass") { await gate.pass() }
        }
        let handle = try await WorkflowClient(store: store).start(Patient.self)
        try await withProgram(worker) { port, group in
            await gate.waitUntilEntered()
            await group.triggerGracefulShutdown()
            try await eventually("it drains") { worker.health.status == .draining }
            let ready = try await get("/health/ready", port: port)
            #expect(ready.status == 503)
            #expect(ready.field("status") == "not ready")
            #expect(ready.field("reasons") == ["the worker drains: it was told to stop"])
            let live = try await get("/health/live", port: port)
            #expect(live.status == 200)
            gate.open()
        }
        #expect(worker.health.status == .stopped)
        // What ran when it was told to stop has come to its end.
        let other = Worker(store: store, logger: quiet) { Patient.self }
        let run = Task { try await other.run() }
        try await handle.result()
        run.cancel()
        try await run.value
    }

    @Test("Before the worker runs it is live and not ready")
    func starting() async throws {
        let worker = Worker(store: MemoryStore(), logger: quiet) { Patient.self }
        let (ports, listening) = AsyncStream<Int>.makeStream()
        let endpoint = WorkerEndpoint(workers: [worker], port: 0, logger: quiet, onListening: { listening.yield($0) })
        let run = Task { try await endpoint.run() }
        for await port in ports {
            let live = try await get("/health/live", port: port).status
            #expect(live == 200)
            let ready = try await get("/health/ready", port: port).status
            #expect(ready == 503)
            break
        }
        run.cancel()
        try? await run.value
    }

    @Test("One of two workers that is not well is enough, and a reason is told once")
    func several() async throws {
        let store = MemoryStore()
        let idle = [
            Worker(store: store, logger: quiet) { Patient.self }, Worker(store: store, logger: quiet) { Patient.self },
        ]
        let busy = Worker(store: store, logger: quiet) { Patient.self }
        let serving = Task { try await busy.run() }
        try await busy.waitUntilReady()
        let (ports, listening) = AsyncStream<Int>.makeStream()
        let endpoint = WorkerEndpoint(
            workers: [busy] + idle,
            port: 0,
            logger: quiet,
            onListening: { listening.yield($0) }
        )
        let run = Task { try await endpoint.run() }
        for await port in ports {
            let answer = try await get("/health/ready", port: port)
            #expect(answer.status == 503)
            #expect(answer.field("reasons") == ["the worker is not registered with the store"])
            break
        }
        run.cancel()
        try? await run.value
        serving.cancel()
        try await serving.value
    }

    @Test("The metrics are what the closure returns, in the type that Prometheus wants; without one there are none")
    func metrics() async throws {
        let text = "# TYPE aloft_tasks gauge\naloft_tasks{queue=\"orders\"} 3\n"
        let worker = Worker(store: MemoryStore(), logger: quiet) { Patient.self }
        let metrics: @Sendable () -> String = { text }
        try await withProgram(worker, metrics: metrics) { port, _ in
            let answer = try await get("/metrics", port: port)
            #expect(answer.status == 200)
            #expect(answer.text == text)
            #expect(answer.type.hasPrefix("text/plain; version=0.0.4"))
        }
        let other = Worker(store: MemoryStore(), logger: quiet) { Patient.self }
        try await withProgram(other) { port, _ in
            let metrics = try await get("/metrics", port: port).status
            #expect(metrics == 404)
            let root = try await get("/", port: port).status
            #expect(root == 404)
        }
    }

    @Test(
        "An address as people write it",
        arguments: [
            ("127.0.0.1:9464", "127.0.0.1", 9464), ("0.0.0.0:80", "0.0.0.0", 80), ("[::1]:9464", "::1", 9464),
            (":9464", "127.0.0.1", 9464), ("9464", "127.0.0.1", 9464), ("worker-1.internal:1", "worker-1.internal", 1),
        ]
    )
    func address(_ text: String, _ host: String, _ port: Int) {
        let address = WorkerEndpoint.address(text)
        #expect(address?.host == host)
        #expect(address?.port == port)
    }

    @Test(
        "What is no address is refused",
        arguments: ["", "localhost", "::1", "::1:9464", "a:65536", "a:-1", "a:+1", "a:"]
    )
    func noAddress(_ text: String) { #expect(WorkerEndpoint.address(text) == nil) }
}
