import Aloft
import Foundation

/// Timers, alone and in races. The result is right only if none fired early and each race ended as it had to.
struct Naps: Workflow {
    func run(_ context: WorkflowContext, _ job: Job) async throws -> Int {
        var right = 0
        for number in 0..<job.size where try await nap(context, job, number) { right += 1 }
        return Sum.mix(job.value, right)
    }

    private func nap(_ context: WorkflowContext, _ job: Job, _ number: Int) async throws -> Bool {
        let milliseconds = 20 + (job.value + number * 37) % 200
        switch (job.value + number) % 4 {
        case 0:
            let start = context.now
            try await context.sleep(for: .milliseconds(milliseconds))
            // To the millisecond, of which dates are not exact multiples.
            return context.now.timeIntervalSince(start) > Double(milliseconds) / 1_000 - 0.000_1
        case 1:
            do {
                _ = try await context.timeout(.milliseconds(milliseconds)) {
                    try await context.receive(ChaosWorkflows.number)
                }
                return false
            } catch is TimeoutError {
                return true
            }
        case 2:
            return try await context.timeout(.seconds(3_600)) {
                try await context.sleep(for: .milliseconds(milliseconds))
                return true
            }
        default:
            // The shorter one wins, however late both are noticed.
            return try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    try await context.sleep(for: .milliseconds(milliseconds + 10))
                    return false
                }
                group.addTask {
                    try await context.sleep(for: .milliseconds(milliseconds))
                    return true
                }
                defer { group.cancelAll() }
                return try await group.next() ?? false
            }
        }
    }
}

/// Never ends by itself.
struct Idle: Workflow {
    func run(_ context: WorkflowContext, _ job: Job) async throws -> Int {
        while true { try await context.sleep(for: .seconds(3_600)) }
    }
}
