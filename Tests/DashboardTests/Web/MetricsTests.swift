import AloftClient
import AloftDashboard
import AloftPrometheus
import Hummingbird
import HummingbirdTesting
import Testing

/// What Prometheus scrapes from a dashboard.
@Suite("Metrics of the dashboard", .timeLimit(.minutes(2))) struct DashboardMetricsTests {
    @Test("queues are measured at each scrape, also those that nobody serves; a token of any role will do")
    func scrape() async throws {
        let stage = try await Stage()
        let metrics = PrometheusMetrics()
        let client = WorkflowClient(store: stage.store, telemetry: Telemetry(metrics: metrics))
        try await withDashboard(stage, client) {
            $0.tokens = tokens
            $0.metrics = { metrics.exposition() }
        } _: { browser async throws in
            #expect(try await browser.get("/metrics").status == .unauthorized)
            let before = try await browser.get("/metrics", .bearer("read"))
            #expect(before.status == .ok)
            #expect(before.headers[.contentType] == PrometheusMetrics.contentType)
            #expect(!before.text.contains("queue=\"nowhere\""))
            try await stage.start("lost", queue: "nowhere")
            let after = try await browser.get("/metrics", .bearer("read")).text
            #expect(after.contains("aloft_queue_tasks{kind=\"workflow\",queue=\"nowhere\"} 1"))
            #expect(after.contains("aloft_queue_workers{queue=\"nowhere\"} 0"))
            #expect(after.contains("aloft_queue_workers{queue=\"orders\"} 1"))
        }
    }

    @Test("without an export there is no such place")
    func none() async throws {
        try await withDashboard(try await Stage()) { browser async throws in
            let answer = try await browser.get("/metrics")
            #expect(answer.status == .notFound && answer.headers[.contentType] == "application/json")
        }
    }
}
