import Aloft
import AloftTesting
import Foundation

struct Approval: Codable, Sendable {
    var by: String
}

/// What the README shows of each feature.
struct Fulfilment: Workflow {
    static let approval = Signal<Approval>("approval")
    static let question = Signal<String>("question")

    func run(_ context: WorkflowContext, _ order: Order) async throws -> String {
        let label = context.future { try await context.subWorkflow(PrintLabel.self, order) }
        let answer = try await context.select(
            .receive(Self.approval) { "approved by \($0.by)" },
            .receive(Self.question) { "asked: \($0)" },
            .after(.seconds(24 * 3600)) { "nobody answered" }
        )
        return "\(answer), \(try await label.value)"
    }
}

enum ReadmeSnippets {
    static func group(_ context: WorkflowContext, _ orders: [Order]) async throws -> [Receipt] {
        var receipts: [Receipt] = []
        try await withThrowingTaskGroup(of: Receipt.self) { group in
            for order in orders { group.addTask { try await context.activity(Charge.self, order) } }
            for try await receipt in group { receipts.append(receipt) }
        }
        return receipts
    }

    static func retries(_ context: WorkflowContext, _ order: Order) async throws {
        let retry = RetryPolicy(maximumAttempts: 5, jitter: 0.2)
        let options = ActivityOptions(retry: retry, startToCloseTimeout: .seconds(30))
        _ = try await context.activity(Charge.self, order, options: options)
    }

    static func signals(_ handle: InstanceHandle<String>, _ context: WorkflowContext) async throws {
        try await handle.signal(Fulfilment.approval, Approval(by: "finance"), id: "request-7")
        try await context.signal("order-42", Fulfilment.approval, Approval(by: "finance"))
    }

    static func start(_ client: WorkflowClient, _ order: Order) async throws {
        try await client.start(Fulfilment.self, order, id: "order-42", options: .joinExisting)
        let later = StartOptions(moment: .after(.seconds(3600)), executionTimeout: .seconds(7 * 24 * 3600))
        try await client.start(Fulfilment.self, order, id: "order-43", options: later)
    }

    static func test(_ order: Order) async throws {
        let tester = WorkflowTester()
        tester.mock(PrintLabel.self) { (order: Order) in "label" }
        tester.after(.seconds(3600)) { try await $0.signal(Fulfilment.approval, Approval(by: "finance")) }
        let result = try await tester.run(Fulfilment.self, order)
        precondition(result == "approved by finance, label")
    }
}
