#if Macros
import Aloft
import Foundation
import Testing

/// The code of the guide (`Activities.md`), word for word where it is more than a line.
@Suite(.timeLimit(.minutes(1)))
struct GuideTests {
    struct Gateway: Sendable {
        func charge(_ card: Card, _ amount: Decimal, _ retries: Int) async throws -> Receipt {
            Receipt(card: card, amount: amount - 1)
        }
        func refund(_ receipt: Receipt, key: String) async throws {}
    }
    struct Mailer: Sendable { func send(_ receipt: Receipt) async throws {} }
    struct Receipt: Codable, Sendable {
        var card: Card
        var amount: Decimal
    }

    @Activities
    struct Payments {
        let gateway: Gateway

        func charge(_ card: Card, amount: Decimal, retries: Int = 3) async throws -> Receipt {
            try await gateway.charge(card, amount, retries)
        }

        func refund(_ receipt: Receipt, _ context: ActivityContext) async throws {
            try await gateway.refund(receipt, key: context.idempotencyKey)
        }

        @ActivityIgnored func describe(_ receipt: Receipt) -> String { "\(receipt.amount)" }
    }

    struct Purchase: Workflow {
        func run(_ context: WorkflowContext, _ card: Card) async throws -> Receipt {
            let payments = context.activities(
                Payments.self,
                options: ActivityOptions(retry: RetryPolicy(maximumAttempts: 5), startToCloseTimeout: .seconds(30))
            )
            let receipt = try await payments.charge(card, amount: 10)
            if receipt.amount < 10 { try await payments.refund(receipt) }
            return receipt
        }
    }

    struct SendReceipt: Activity {
        static let name = "send-receipt"
        let mailer: Mailer

        func run(_ context: ActivityContext, _ receipt: Receipt) async throws { try await mailer.send(receipt) }
    }

    static let fee = ActivityReference<Decimal, Decimal>("fee")

    struct Stock: ActivityContainer {
        static let reserve = ActivityReference<String, Int>("Stock.reserve")

        var activityMethods: [ActivityMethod] {
            [ActivityMethod(Self.reserve, method: "reserve(_:)") { _, item in item.count }]
        }

        struct Stub: ActivityStub {
            let caller: ActivityCaller
            init(_ caller: ActivityCaller) { self.caller = caller }

            func reserve(_ item: String, fileID: StaticString = #fileID, line: UInt = #line) async throws -> Int {
                try await caller.call(Stock.reserve, item, fileID: fileID, line: line)
            }
        }
    }

    struct Everything: Workflow {
        func run(_ context: WorkflowContext, _ card: Card) async throws -> String {
            let receipt = try await Purchase().run(context, card)
            try await context.activity(SendReceipt.self, receipt)
            let fee = try await context.activity(fee, receipt.amount)
            let reserved = try await context.activities(Stock.self).reserve("item")
            return "\(fee) \(reserved)"
        }
    }

    @Test func allFormsInOneWorker() async throws {
        let (result, activities) = try await run(Everything.self, Card(number: "1")) {
            Payments(gateway: Gateway())
            SendReceipt(mailer: Mailer())
            ActivityFunction(Self.fee) { _, amount in amount / 100 }
            Stock()
        }
        #expect(result == "0.09 4")
        #expect(
            activities.map(\.name) == [
                "Payments.charge", "Payments.refund", "send-receipt", "fee", "Stock.reserve",
            ]
        )
        #expect(activities[0].startToCloseTimeout == .seconds(30))
        #expect(activities[0].retry.maximumAttempts == 5)
    }
}
#endif
