import AloftCore
import AloftInsight
import AloftTesting
import Logging
import Testing

@testable import AloftDashboard

/// Where queues are going.
@Suite("Queue trends") struct QueueTrendTests {
    private let start = Timestamp(milliseconds: 1_000_000)

    private func queue(_ depth: Int, added: Int? = nil) -> QueueView {
        QueueView(QueueState(queue: "orders", workflowTasks: depth, addedTasks: added), now: start)
    }

    @Test("what is older than ten minutes tells nothing of now, however few samples there are")
    func old() {
        let sampler = QueueSampler(interval: .seconds(5))
        sampler.note([queue(1_000)], at: start)
        sampler.note([queue(0)], at: start + .seconds(3_600))
        #expect(sampler.samples(of: "orders").map(\.depth) == [0])
        #expect(sampler.growth(of: "orders") == nil)
        sampler.note([queue(30)], at: start + .seconds(3_660))
        #expect(sampler.growth(of: "orders") == 30)
    }

    @Test("samples are drawn where their moments are")
    func drawn() {
        let sampler = QueueSampler(interval: .zero)
        for (seconds, depth) in [(0, 0), (90, 23), (120, 0)] {
            sampler.note([queue(depth)], at: start + .seconds(seconds))
        }
        let svg = Sparkline.svg(sampler.samples(of: "orders"), label: "<depth>")
        #expect(svg.contains("d=\"M0 26L90 3L120 26\""), "\(svg)")
        #expect(svg.contains("&lt;depth&gt;"))
        #expect(Sparkline.svg([], label: "").contains("rest"))
    }

    @Test("how many tasks are taken is told apart from how the queue grows")
    func throughput() {
        let sampler = QueueSampler(interval: .zero)
        sampler.note([queue(10, added: 100)], at: start)
        #expect(sampler.throughput(of: "orders") == nil)
        // As many were taken as came: it does not grow, and is busy all the same.
        sampler.note([queue(10, added: 400)], at: start + .seconds(30))
        #expect(sampler.growth(of: "orders") == 0 && sampler.throughput(of: "orders") == 600)
        // Its stream was made anew, and counts from nothing.
        sampler.note([queue(5, added: 25)], at: start + .seconds(60))
        #expect(sampler.throughput(of: "orders") == 330)
    }

    @Test("a store that does not count has growth alone")
    func uncounted() {
        let sampler = QueueSampler(interval: .zero)
        sampler.note([queue(1)], at: start)
        sampler.note([queue(2)], at: start + .seconds(60))
        #expect(sampler.growth(of: "orders") == 1 && sampler.throughput(of: "orders") == nil)
    }

    @Test("a dashboard in another server looks by itself where its service runs")
    func service() async throws {
        let stage = try await Stage()
        try await stage.start("a")
        var configuration = Dashboard.Configuration()
        configuration.sampleInterval = .milliseconds(1)
        let site = try Site(
            client: stage.client,
            configuration: configuration,
            base: "/aloft",
            logger: .init(label: "t")
        )
        let trends = Task { try await QueueTrends(site: site).run() }
        while site.sampler.samples(of: "orders").isEmpty { await Task.yield() }
        trends.cancel()
        try await trends.value
    }
}
