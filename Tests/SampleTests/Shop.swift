import Aloft
import AloftTesting
import Synchronization
import Testing

@testable import Orders

/// A shop in virtual time, where everything works unless a test mocks it.
final class Shop: Sendable {
    struct Strike: Error, Codable, Equatable { var days: Int }

    let ledger = Ledger()
    let tester = WorkflowTester()
    private let box = Mutex(
        Order(
            id: "order-1",
            items: ["lamp", "bulb"],
            total: 4_900,
            card: "4242",
            approvalTime: .seconds(24 * 3600)
        )
    )

    var order: Order {
        get { box.withLock { $0 } }
        set { box.withLock { $0 = newValue } }
    }

    init() {
        tester.register {
            Shipping.self
            Warehouse(ledger: ledger)
            Payments(ledger: ledger)
        }
    }

    func approve(after duration: Duration = .zero) {
        tester.after(duration) { tester in
            try await tester.signal(Fulfilment.approval, Approval(by: "finance"), to: "order-1")
        }
    }

    func cancel(after duration: Duration) {
        tester.after(duration) { tester in try await tester.cancel("order-1", reason: "changed their mind") }
    }

    /// Runs the order, which is not to end well.
    func fail() async throws -> WorkflowError {
        let error = await #expect(throws: WorkflowError.self) {
            try await tester.run(Fulfilment.self, order, id: "order-1")
        }
        return try #require(error)
    }
}
