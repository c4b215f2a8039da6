import Aloft
import AloftTesting
import Logging
import Testing

/// A line below the level of its logger costs a comparison: no metadata is built, and no handler is asked.
@Suite struct LogCostTests {
    struct Quiet: Workflow {
        func run(_ context: WorkflowContext) async throws {
            for _ in 1...10 { context.logger.info("said \(Self.trap())", metadata: ["key": "\(Self.trap())"]) }
            try await context.activity(ActivityReference<Void, Void>("quiet"), ())
            context.logger.info("said \(Self.trap())")
        }

        /// Nobody may ask for it.
        static func trap() -> String {
            Issue.record("a line that is off was built")
            return ""
        }
    }

    @Test("Workflow code whose lines are off builds no metadata, when it runs and when it is replayed")
    func workflow() throws {
        let costs = LogCosts()
        let engine = EngineHarness(Quiet.self, logger: costs.logger(level: .critical))
        try engine.start()
        try engine.restart()
        try engine.feed(.completed(1, ()))
        #expect(costs.total == 0)
    }

    @Test("The same lines cost something when they are on")
    func on() throws {
        let costs = LogCosts()
        let engine = EngineHarness(Loud.self, logger: costs.logger(level: .info))
        try engine.start()
        #expect(costs.total > 0)
    }

    struct Loud: Workflow {
        func run(_ context: WorkflowContext) async throws { context.logger.info("heard") }
    }

    @Test("A worker whose lines are off builds metadata once, for itself, however many instances it runs")
    func worker() async throws {
        let costs = LogCosts()
        let store = MemoryStore()
        let worker = Worker(store: store, logger: costs.logger(level: .critical), telemetry: .off) {
            Quiet.self
            ActivityFunction("quiet") { (context: ActivityContext, _: Void) in
                context.logger.info("said \(Quiet.trap())", metadata: ["key": "\(Quiet.trap())"])
            }
        }
        let run = Task { try await worker.run() }
        try await worker.waitUntilReady()
        let before = costs.total
        let client = WorkflowClient(store: store)
        for _ in 1...20 { try await client.start(Quiet.self).result() }
        #expect(costs.total == before)
        run.cancel()
        _ = await run.result
    }
}
