import Aloft
import AloftTesting
import Testing

/// What the guide shows.
@Suite struct TesterGuideTests {
    typealias Shipping = TesterSubWorkflowTests.Shipping
    typealias Greet = ActivityTesterTests.Greet

    @Test func overview() async throws {
        let tester = WorkflowTester()
        tester.mock(Charge.self) { (order: Order) in Receipt(amount: order.total) }
        tester.after(.seconds(3600)) { run in
            try await run.signal(Fulfilment.approval, Approval(by: "finance"))
        }
        let receipt = try await tester.run(Fulfilment.self, Order(total: 7))
        #expect(receipt == Receipt(amount: 7))
    }

    struct Everything: Workflow {
        func run(_ context: WorkflowContext) async throws -> String {
            let receipt = try await context.activity(Charge.self, Order())
            let ping = try await context.activity(Ping.self)
            let count = try await context.activities(Warehouse.self).count("bolts")
            let shipped = try await context.subWorkflow(Shipping.self, Order())
            return "\(receipt.amount) \(ping) \(count) \(shipped)"
        }
    }

    @Test func mocks() async throws {
        let tester = WorkflowTester()
        tester.mock(Charge.self, results: .failure(Busy()), .success(Receipt(amount: 5)))
        tester.mock(Ping.self) { "pong" }
        tester.mock(Warehouse.count) { (item: String) in item.utf8.count }
        tester.mock(Shipping.self, takes: .seconds(600)) { (order: Order) in "shipped \(order.id)" }

        tester.register {
            Shipping.self
            Warehouse(stock: 5)
        }

        tester.expect(Charge.self, times: 2)
        tester.expect(Charge.self, times: .never) { $0.total > 100 }
        #expect(try await tester.run(Everything.self) == "5 pong 5 shipped 1")
    }

    @Test func stepByStep() async throws {
        let tester = WorkflowTester()
        tester.register { Charge() }
        let instance = try await tester.start(Fulfilment.self, Order())
        try await tester.advance(by: .seconds(60))
        #expect(try await tester.state().status == .running)
        try await tester.signal(Fulfilment.approval, Approval(by: "finance"))
        let receipt = try await instance.result()
        #expect(receipt == Receipt(amount: 10))
    }

    @Test func activities() async throws {
        let tester = ActivityTester(attempt: 2)
        let greeting = try await tester.run(Greet(), "Ada")
        #expect(tester.lines.map(\.text) == ["greeting"])
        #expect(greeting.hasPrefix("Hello, Ada"))
    }
}
