import Aloft
import Testing

/// Each event is fed alone, so what the code sees does not depend on how events are grouped or whether it is replayed.
@Suite struct SequenceTests {
    struct Chain: Workflow {
        func run(_ context: WorkflowContext, _ input: Int) async throws -> Int {
            let first = try await context.activity(Reference.double, input)
            let second = try await context.activity(Reference.double, first)
            return first + second
        }
    }

    struct FanOut: Workflow {
        func run(_ context: WorkflowContext, _ count: Int) async throws -> [Int] {
            async let left = context.activity(Reference.double, 100)
            async let right = context.activity(Reference.double, 200)
            let middle = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<count { group.addTask { try await context.activity(Reference.double, number) } }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            return try await [left, right] + middle
        }
    }

    @Test(arguments: [false, true])
    func chain(cold: Bool) throws {
        let engine = EngineHarness(Chain.self)
        let first = try engine.start(3)
        #expect(first.activities.map(\.name) == ["double"])
        if cold { try engine.restart() }
        try engine.feed(.activityCompleted(CommandID(1), payload(6)))
        if cold { try engine.restart() }
        let last = try engine.feed(.activityCompleted(CommandID(2), payload(12)))
        #expect(try last.completion?.value() == 18)
        #expect(engine.history.map(\.number) == Array(1...6))
    }

    @Test func branchesStartInOrderAndReplayTheSame() throws {
        var orders: Set<[String]> = []
        for _ in 0..<200 {
            let engine = EngineHarness(FanOut.self)
            let decisions = try engine.start(5)
            orders.insert(decisions.activities.map { "\($0.command):\($0.input)" })
            for command in [7, 2, 5, 1, 3, 6, 4] {
                try engine.feed(.activityCompleted(CommandID(command), payload(command)))
                if command == 5 { try engine.restart() }
            }
            // The children of the group end in the order in which their outcomes came.
            #expect(try engine.history.last.flatMap { Completion($0.body) }?.value() == [1, 2, 7, 5, 3, 6, 4])
        }
        #expect(orders.count == 1)
    }
}
