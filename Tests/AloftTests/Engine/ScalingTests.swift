import Aloft
import Testing

/// Work grows with the number of events and with nothing else.
@Suite struct ScalingTests {
    struct LongChain: Workflow {
        func run(_ context: WorkflowContext, _ count: Int) async throws -> Int {
            var sum = 0
            for number in 0..<count { sum += try await context.activity(Reference.double, number) }
            return sum
        }
    }

    /// One job resumes the code for each outcome, one after ten thousand others as well as the first; nothing is kept.
    @Test func longChain() throws {
        let count = 10_000
        let engine = EngineHarness(LongChain.self)
        try engine.start(count)
        let outcome = try payload(1)
        var jobs: Set<Int> = []
        for command in 1...count {
            let before = engine.execution.executor.jobCount
            let decisions = try engine.feed(.activityCompleted(CommandID(command), outcome))
            jobs.insert(engine.execution.executor.jobCount - before)
            #expect(decisions.events.count == 2)
            if command < count { #expect(engine.execution.waitCount == 1) }
        }
        #expect(jobs == [1])
        #expect(try engine.completion?.value() == count)
        let before = engine.execution.executor.jobCount
        try engine.restart()
        // A replay costs what the first run cost.
        #expect(engine.execution.executor.jobCount == before)
    }

    /// Many at once: a bounded number of jobs for each.
    @Test func wideGroup() throws {
        struct Wide: Workflow {
            func run(_ context: WorkflowContext, _ count: Int) async throws -> Int {
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for number in 0..<count { group.addTask { try await context.activity(Reference.double, number) } }
                    return try await group.reduce(0, +)
                }
            }
        }
        func jobs(_ count: Int) throws -> Int {
            let engine = EngineHarness(Wide.self)
            try engine.start(count)
            let outcome = try payload(1)
            try engine.feed(
                (1...count).map {
                    DeliveredInput(
                        timestamp: Timestamp(milliseconds: 9_000),
                        body: .activityCompleted(CommandID($0), outcome)
                    )
                }
            )
            #expect(try engine.completion?.value() == count)
            return engine.execution.executor.jobCount
        }
        let small = try jobs(100)
        #expect(small <= 400)
        #expect(try jobs(5_000) <= 50 * small)
    }
}
