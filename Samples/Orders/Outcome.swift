import Aloft

/// The ways in which an order can end: how each comes about, and how the shop sees it.
enum Outcome: String, CaseIterable {
    case approved = "An order is approved:"
    case timedOut = "Nobody approves an order in time:"
    case cancelled = "An order is cancelled while it waits for approval:"
    case declined = "An order is approved, but its card is declined:"

    func show(_ client: WorkflowClient) async throws {
        print(rawValue)
        let order = Order(
            id: InstanceID("order-\(self)"),
            items: ["lamp", "bulb"],
            total: 4_900,
            card: self == .declined ? "stolen" : "4242",
            approvalTime: self == .timedOut ? .milliseconds(500) : .seconds(24 * 3600)
        )
        let options = StartOptions(reusePolicy: .allow)
        let handle = try await client.start(Fulfilment.self, order, id: order.id, queue: "samples", options: options)
        switch self {
        case .approved, .declined: try await handle.signal(Fulfilment.approval, Approval(by: "finance"))
        case .cancelled:
            // The timer is set when the items have been reserved.
            while try await !handle.history().contains(where: \.isTimer) { try await Task.sleep(for: .milliseconds(5)) }
            try await handle.cancel(reason: "the customer changed their mind")
        case .timedOut: break
        }
        do {
            let receipt = try await handle.result()
            print("  shipped, approved by \(receipt.approvedBy): \(receipt.tracking)")
        } catch let error as WorkflowError {
            print("  \(Self.text(error))")
        }
    }

    private static func text(_ error: WorkflowError) -> String {
        if let declined = error.details(CardDeclined.self) {
            return "payment failed: card \(declined.card) is declined"
        }
        if error.failure.kind == .timeout { return "timed out" }
        return "\(error.status): \(error.message)"
    }
}

extension Event {
    fileprivate var isTimer: Bool { if case .timerScheduled = body { true } else { false } }
}
