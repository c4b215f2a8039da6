import Aloft
import AloftRedis
import Foundation
import Logging
import RedisClient
import Synchronization
import Testing

/// The audit on a fleet at work.
@Suite struct AuditTests {
    /// A bit of everything: activities that fail at first, timers, signals, a sub-workflow, a new execution.
    struct Errand: Workflow {
        static let go = Signal<Int>("go")

        func run(_ context: WorkflowContext, _ number: Int) async throws -> Int {
            if number < 0 { return number }
            if number >= 1_000 { return try await context.receive(Self.go) }
            let retry = ActivityOptions(retry: RetryPolicy(maximumAttempts: 5, initialInterval: .milliseconds(3)))
            async let first = context.activity(ActivityReference<Int, Int>("step"), number, options: retry)
            async let second = context.activity(ActivityReference<Int, Int>("step"), number, options: retry)
            try await context.sleep(for: .milliseconds(Int64(number % 30)))
            async let child = context.subWorkflow(Errand.self, -number - 1)
            if number % 4 == 0 { _ = try await context.receive(Self.go) }
            let sum = try await first + second + child
            if number % 3 == 0 { throw context.continueAsNew(sum.magnitude == 0 ? -1 : -number) }
            return sum
        }
    }

    private static let step = WorkerComponent.activity(
        ActivityFunction<Int, Int>("step") { (number: Int) in
            if Int.random(in: 0..<4) == 0 { throw StepFailed() }
            return number
        }
    )

    struct StepFailed: Error {}

    private static let duration: Duration =
        ProcessInfo.processInfo.environment["ALOFT_LONG_TESTS"] == nil ? .milliseconds(1_500) : .seconds(20)

    /// What is merely on its way is no finding: workers come, go and are lost, and instances of all kinds start and end.
    @Test("A busy fleet has no findings", .timeLimit(.minutes(2)))
    func noFalseAlarms() async throws { await onAllSetups { try await Self.noFalseAlarms($0) } }

    private static func noFalseAlarms(_ setup: Setup) async throws {
        try await withFleet(setup, lease: .seconds(1), retention: .milliseconds(700)) { fleet in
            let tally = Tally(end: .now + Self.duration)
            try await withThrowingTaskGroup { group in
                for _ in 0..<3 { group.addTask { try await Self.comeAndGo(fleet, tally) } }
                group.addTask { try await Self.getLost(fleet, tally) }
                for _ in 0..<2 { group.addTask { try await Self.load(fleet, tally) } }
                group.addTask { try await Self.audit(fleet, tally) }
                try await group.waitForAll()
            }
            let report = try await fleet.client.audit().report()
            #expect(report.findings == [])
        }
    }

    private final class Tally: Sendable {
        private let counts = Mutex((audits: 0, instances: 0))
        private let end: ContinuousClock.Instant

        init(end: ContinuousClock.Instant) { self.end = end }

        func note(_ report: AuditReport) {
            counts.withLock { $0 = ($0.audits + 1, $0.instances + report.instances) }
        }

        /// Whether the time is over, and something has been looked at: on a busy machine that may take longer.
        var isOver: Bool {
            let (audits, instances) = counts.withLock { $0 }
            return ContinuousClock.now >= end && audits > 1 && instances > 20
        }
    }

    private static func audit(_ fleet: Fleet, _ tally: Tally) async throws {
        while !tally.isOver {
            let report = try await fleet.client.audit(pageSize: 20).report()
            #expect(report.findings == [])
            tally.note(report)
        }
    }

    /// Workers one after the other, each stopped in the midst of its work.
    private static func comeAndGo(_ fleet: Fleet, _ tally: Tally) async throws {
        while !tally.isOver {
            var options = fleet.setup.options
            options.gracePeriod = .milliseconds(10)
            try await fleet.withWorker(options: options) {
                WorkerComponent.workflow(Errand.self)
                step
            } body: {
                try await Task.sleep(for: .milliseconds(Int64.random(in: 100...600)))
            }
        }
    }

    /// Workers whose line is cut, so that others take over from them.
    private static func getLost(_ fleet: Fleet, _ tally: Tally) async throws {
        while !tally.isOver {
            let line = SeveredStore(fleet.store)
            let doomed = Fleet(store: line, client: fleet.client, setup: fleet.setup)
            var options = fleet.setup.options
            options.gracePeriod = .milliseconds(10)
            try await doomed.withWorker(options: options) {
                WorkerComponent.workflow(Errand.self)
                step
            } body: {
                try await Task.sleep(for: .milliseconds(Int64.random(in: 100...400)))
                line.cut()
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    private static func load(_ fleet: Fleet, _ tally: Tally) async throws {
        var number = 0
        while !tally.isOver {
            number += 1
            let handle = try await fleet.client.start(Errand.self, number % 7 == 0 ? 1_000 : number % 100)
            // It may have ended, and even expired.
            if number % 4 == 0 { try? await handle.signal(Errand.go, 1) }
            if number % 5 == 0 { try? await handle.cancel() }
            if number % 7 == 0 { try? await handle.terminate() }
            try await Task.sleep(for: .milliseconds(Int64.random(in: 0...8)))
        }
    }

    /// One worker of a fleet finds and repairs what was lost, without being told, and says so once for each kind.
    @Test("A fleet repairs what was lost")
    func repair() async throws {
        let setup = Setup(backend: .redis, isResident: true)
        try await withFleet(setup) { fleet in
            let configuration = try #require(fleet.redis)
            let redis = RedisClient(configuration.redis, logger: Logger(label: "test"))
            var handles: [InstanceHandle<Int>] = []
            for _ in 0..<10 { handles.append(try await fleet.client.start(Errand.self, -1)) }
            _ = try await redis.send(RedisCommand("DEL", RedisArgument("{\(configuration.prefix):0}:q:w:default")))
            let recorder = LogRecorder()
            var options = setup.options
            options.auditInterval = .milliseconds(500)
            try await fleet.withWorker(options: options, logger: recorder.logger) {
                WorkerComponent.workflow(Errand.self)
                Self.step
            } body: { [handles] in
                for handle in handles {
                    let result = try await handle.result()
                    #expect(result == -1)
                }
                try await eventually { recorder.lines.contains { $0.contains("audit") } }
            }
            let lines = recorder.lines.filter { $0.contains("audit") }
            #expect(lines.count == 1 && lines.first?.contains("lost task") == true, "\(lines)")
            #expect(lines.first?.contains("10") == true, "\(lines)")
            await redis.shutdown()
        }
    }
}
