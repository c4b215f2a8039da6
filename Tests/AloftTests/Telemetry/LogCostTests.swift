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

    struct Asking: Workflow {
        static let taken = Journal<Logger>()

        func run(_ context: WorkflowContext) async throws {
            Self.taken.note(context.logger)
            try await context.activity(ActivityReference<Void, Void>("quiet"), ())
            for _ in 1...2 { Self.taken.note(context.logger) }
        }
    }

    /// Which object a logger keeps its handler in: to make a logger is to make one of these.
    private func storage(_ logger: Logger) throws -> ObjectIdentifier {
        let child = try #require(Mirror(reflecting: logger).children.first { $0.label == "_storage" })
        return ObjectIdentifier(child.value as AnyObject)
    }

    @Test("The logger of workflow code is made once for an execution, and does not keep it in memory")
    func madeOnce() throws {
        weak var execution: Execution?
        do {
            let engine = EngineHarness(Asking.self)
            try engine.start()
            try engine.feed(.completed(1, ()))
            execution = engine.execution
        }
        let taken = Asking.taken.entries
        #expect(taken.count == 3)
        #expect(try Set(taken.map(storage)).count == 1)
        #expect(execution == nil)
        taken.first?.error("nobody is there to speak")
    }

    @Test("The logger of an activity is made once for an attempt, also if several tasks ask for it")
    func madeOnceForAnAttempt() async throws {
        let scheduled = EventBody.ActivityScheduled(
            command: CommandID(1),
            name: "quiet",
            queue: nil,
            input: try payload(()),
            retry: RetryPolicy()
        )
        let task = ActivityTask(
            instance: "i",
            execution: "e",
            scheduled: scheduled,
            queue: .default,
            lease: ActivityLease(),
            receipt: nil
        )
        let lines = LogCapture()
        let context = ActivityContext(task: task, logger: lines.logger)
        let copy = context
        #expect(try Set([context.logger, copy.logger, context.logger].map(storage)).count == 1)
        copy.logger.info("heard")
        #expect(lines.metadata.first?[LogKey.activity] == "quiet")
        #expect(lines.metadata.first?[LogKey.attempt] == "1")
    }
}
