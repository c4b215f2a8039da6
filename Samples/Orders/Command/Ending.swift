import Aloft
import OrdersKit

/// The ways in which an order can end.
enum Ending: String, CaseIterable {
    case small = "a small order"
    case approved = "a large order, approved"
    case timedOut = "a large order that nobody approves in time"
    case cancelled = "a large order, cancelled while it waits for approval"
    case declined = "an order whose card is declined"

    private var order: Order {
        Order(
            id: InstanceID("order-\(self)"),
            items: ["lamp", "bulb"],
            total: self == .small || self == .declined ? 4_900 : 250_000,
            card: self == .declined ? "stolen" : "4242",
            approvalTime: self == .timedOut ? .milliseconds(300) : .seconds(24 * 3600)
        )
    }

    func show(_ client: WorkflowClient) async throws {
        print("\(rawValue):")
        let order = order
        let options = StartOptions(memo: ["ending": rawValue], reusePolicy: .allow)
        let handle = try await client.start(Fulfilment.self, order, id: order.id, queue: "samples", options: options)
        switch self {
        case .approved: try await handle.signal(Fulfilment.approval, Approval(by: "finance"))
        case .cancelled:
            // Started, reserving and reserved: now it waits.
            while try await handle.state().historyLength < 4 { try await Task.sleep(for: .milliseconds(5)) }
            try await handle.cancel(reason: "the customer changed their mind")
        case .small, .timedOut, .declined: break
        }
        do {
            print("  shipped: \(try await handle.result().parcel)")
        } catch let error as WorkflowError {
            print("  \(error.status): \(error.message)")
        }
    }
}
