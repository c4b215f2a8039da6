#if Macros
import Aloft
import Foundation

/// What `Activities.md` shows of each form beside the types themselves, which run in `AloftMacrosTests`.
enum ActivityForms {
    struct Gateway: Sendable {
        func charge(_ card: String, _ amount: Decimal) async throws -> Decimal { amount }
    }

    @Activities
    struct Payments {
        let gateway: Gateway
        func charge(_ card: String, amount: Decimal) async throws -> Decimal { try await gateway.charge(card, amount) }
    }

    struct Purchase: Workflow {
        func run(_ context: WorkflowContext, _ card: String) async throws -> Decimal {
            let amount = try await context.activities(Payments.self).charge(card, amount: 10)
            return amount
        }
    }

    struct SendReceipt: Activity {
        func run(_ context: ActivityContext, _ amount: Decimal) async throws {}
    }

    static func worker(_ store: any WorkflowStore, _ gateway: Gateway) -> Worker {
        let worker = Worker(store: store) {
            Purchase.self
            Payments(gateway: gateway)
        }
        return worker
    }

    static func one(_ context: WorkflowContext, _ receipt: Decimal) async throws {
        try await context.activity(SendReceipt.self, receipt)
    }

    static let fee = ActivityReference<Decimal, Decimal>("fee")

    static func closure(_ store: any WorkflowStore) -> Worker {
        let worker = Worker(store: store) {
            ActivityFunction(fee) { _, amount in amount / 100 }
        }
        return worker
    }

    static func call(_ context: WorkflowContext, _ amount: Decimal) async throws -> Decimal {
        let percent = try await context.activity(fee, amount)
        return percent
    }
}
#endif
