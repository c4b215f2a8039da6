import AloftCore
import AloftDashboard
import AloftTesting
import HTTPTypes
import HummingbirdTesting
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization
import Testing

/// A dashboard that listens by itself.
@Suite("Service", .timeLimit(.minutes(2))) struct ServiceTests {
    /// Runs one on a port that is free.
    private func withService(
        _ stage: Stage,
        _ change: (inout Dashboard.Configuration) -> Void = { _ in },
        _ test: (Int) async throws -> Void
    ) async throws {
        var configuration = Dashboard.Configuration(port: 0)
        change(&configuration)
        let (ports, report) = AsyncStream<Int>.makeStream()
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let dashboard = try Dashboard(client: stage.client, configuration: configuration, logger: logger) {
            report.yield($0)
        }
        let group = ServiceGroup(services: [dashboard], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await test(try #require(await ports.first { _ in true }))
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// A client with one connection.
    private func client(_ port: Int) -> TestClient {
        let client = TestClient(host: "127.0.0.1", port: port)
        client.connect()
        return client
    }

    private func get(_ path: String, _ client: TestClient) async throws -> TestClient.Response {
        try await client.execute(.init(path, method: .get, authority: "127.0.0.1"))
    }

    @Test("it listens, answers and stops")
    func service() async throws {
        let stage = try await Stage()
        try await stage.start("order-1")
        try await withService(stage) { port async throws in
            let client = client(port)
            let page = try await get("/instances", client)
            #expect(page.status == .ok)
            #expect(page.body.map { String(buffer: $0).contains("order-1") } == true)
            try await client.shutdown()
        }
    }

    @Test("connections beyond the limit wait until one is closed")
    func connections() async throws {
        try await withService(try await Stage()) {
            $0.maximumConnections = 1
        } _: { port async throws in
            let first = client(port)
            #expect(try await get("/api/v1/queues", first).status == .ok)
            // Not before: of those that come at once the server takes several.
            let second = client(port)
            let isFirstGone = Mutex(false)
            async let waited = {
                let status = try await get("/api/v1/queues", second).status
                return (status, isFirstGone.withLock { $0 })
            }()
            for _ in 1...20 { #expect(try await get("/api/v1/queues", first).status == .ok) }
            isFirstGone.withLock { $0 = true }
            try await first.shutdown()
            let (status, wasGone) = try await waited
            #expect(status == .ok && wasGone)
            try await second.shutdown()
        }
    }

    @Test("a connection that nobody uses is closed; an answer that takes long is not cut off")
    func idling() async throws {
        let stage = try await Stage()
        try await stage.start("slow")
        try await withService(stage) {
            $0.maximumConnections = 1
            $0.idleTimeout = .milliseconds(200)
        } _: { port async throws in
            let first = client(port)
            #expect(try await get("/api/v1/instances/slow/result?waitMilliseconds=1000", first).status == .accepted)
            let second = client(port)
            #expect(try await get("/api/v1/queues", second).status == .ok, "the first has made place by itself")
            try? await first.shutdown()
            try? await second.shutdown()
        }
    }
}
