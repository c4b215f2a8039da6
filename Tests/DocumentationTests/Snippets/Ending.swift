import Aloft
import Foundation

struct Refund: Activity {
    func run(_ context: ActivityContext, _ order: Order) async throws {}
}

struct Rent: Workflow {
    func run(_ context: WorkflowContext, _ order: Order) async throws {
        do {
            _ = try await context.activity(Charge.self, order)
            try await context.sleep(for: .seconds(3600))
        } catch {
            try await context.shielded { try await context.activity(Refund.self, order) }
            throw error
        }
    }
}

enum EndingSnippets {
    static func outside(_ client: WorkflowClient, _ handle: InstanceHandle<Void>, _ lastWeek: Date) async throws {
        try await handle.cancel(reason: "the customer changed their mind")
        try await handle.terminate(reason: "stuck for a week")
        try await handle.remove()
        try await client.removeFinished([.completed], before: lastWeek)
    }
}
