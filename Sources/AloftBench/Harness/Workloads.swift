import Aloft

/// The text of 100 bytes that activities and workflows of the benchmarks return.
let resultText = String(repeating: "r", count: 100)

/// The activity of every scenario: returns at once.
struct Work: Activity {
    func run(_ context: ActivityContext, _ input: Int) async throws -> String { resultText }
}

/// Runs activities one after the other.
struct Steps: Workflow {
    func run(_ context: WorkflowContext, _ count: Int) async throws -> String {
        var last = ""
        for number in 0..<count { last = try await context.activity(Work.self, number) }
        return last
    }
}

/// Runs activities all at once.
struct FanOut: Workflow {
    func run(_ context: WorkflowContext, _ count: Int) async throws -> String {
        try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<count { group.addTask { try await context.activity(Work.self, number) } }
            return try await group.reduce("") { $1 }
        }
    }
}

/// Sets timers for moments, all at once, and waits for them.
struct WaitUntil: Workflow {
    func run(_ context: WorkflowContext, _ moments: [Int64]) async throws -> String {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for moment in moments {
                let due = Timestamp(milliseconds: moment)
                group.addTask { try await context.sleep(until: due.date) }
            }
            try await group.waitForAll()
        }
        return resultText
    }
}

/// Receives a number of signals.
struct Receive: Workflow {
    static let tick = Signal<Int>("tick")

    func run(_ context: WorkflowContext, _ count: Int) async throws -> String {
        var sum = 0
        for _ in 0..<count { sum += try await context.receive(Self.tick) }
        guard sum == count * (count - 1) / 2 else { throw PermanentError("signals were lost or doubled: sum \(sum)") }
        return resultText
    }
}
