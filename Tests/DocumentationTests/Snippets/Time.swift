import Aloft
import Foundation

struct Purchase: Workflow {
    static let approval = Signal<String>("approval")

    func run(_ context: WorkflowContext, _ endOfMonth: Date) async throws -> String {
        try await context.sleep(for: .seconds(30 * 24 * 3600), name: "trial period")
        try await context.sleep(until: endOfMonth)
        let answer = try await context.timeout(.seconds(24 * 3600)) {
            try await context.receive(Purchase.approval)
        }
        return answer
    }
}

struct Raffle: Workflow {
    func run(_ context: WorkflowContext, _ tickets: Int) async throws -> String {
        let region = try await context.sideEffect { ProcessInfo.processInfo.environment["REGION"] ?? "eu" }
        var random = context.random
        let winner = Int.random(in: 0..<tickets, using: &random)
        let reference = context.uuid()
        return "\(region) \(winner) \(reference)"
    }
}
