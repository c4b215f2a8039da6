import Aloft
import Foundation

/// Adds numbers, one activity after the other.
struct Chain: Workflow {
    struct Step: Codable, Sendable {
        var effect: String
        var sum: Int
        var next: Int
    }

    static let add = ActivityReference<Step, Int>("add")

    func run(_ context: WorkflowContext, _ length: Int) async throws -> Int {
        var sum = 0
        for number in 1...length {
            let step = Step(effect: "\(context.instance)/\(number)", sum: sum, next: number)
            sum = try await context.activity(Self.add, step)
        }
        return sum
    }
}

/// Sleeps; the result tells how often a timer fired early.
struct Naps: Workflow {
    static let nap = Duration.milliseconds(40)

    func run(_ context: WorkflowContext, _ count: Int) async throws -> Int {
        var early = 0
        for _ in 0..<count {
            let start = context.now
            try await context.sleep(for: Self.nap)
            // To the millisecond, of which dates are not exact multiples.
            if context.now.timeIntervalSince(start) < 0.0399 { early += 1 }
        }
        return early
    }
}

/// Waits for numbers and returns them in the order in which they came.
struct Listener: Workflow {
    static let number = Signal<Int>("number")

    func run(_ context: WorkflowContext, _ count: Int) async throws -> [Int] {
        var numbers: [Int] = []
        while numbers.count < count { numbers.append(try await context.receive(Self.number)) }
        return numbers
    }
}

/// Two chains at a time.
struct Family: Workflow {
    func run(_ context: WorkflowContext, _ length: Int) async throws -> Int {
        async let first = context.subWorkflow(Chain.self, length)
        async let second = context.subWorkflow(Chain.self, length + 1)
        return try await first + second
    }
}

/// Many timers that are due at the same moment.
struct Alarms: Workflow {
    struct Input: Codable, Sendable {
        var count: Int
        var until: Date
    }

    func run(_ context: WorkflowContext, _ input: Input) async throws -> Int {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<input.count {
                group.addTask { try await context.sleep(until: input.until) }
            }
            try await group.waitForAll()
        }
        return input.count
    }
}
