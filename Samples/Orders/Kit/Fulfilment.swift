public import Aloft

/// An order from reservation to parcel: a saga. Each step that must be undone if a later one fails leaves its compensation;
/// they run in reverse order, also when the order is cancelled.
public struct Fulfilment: Workflow {
    /// Orders above this many cents need somebody's approval.
    public static let approvalLimit = 100_000
    public static let approval = Signal<Approval>("approval")

    public init() {}

    public func run(_ context: WorkflowContext, _ order: Order) async throws -> Receipt {
        let warehouse = context.activities(Warehouse.self)
        let payments = context.activities(Payments.self)
        var compensations: [@Sendable () async throws -> Void] = []
        do {
            let reservation = try await warehouse.reserve(order.items, for: order.id)
            compensations.append { try await warehouse.release(reservation) }

            let approval = try await approve(order, context)

            let payment = try await payments.charge(card: order.card, amount: order.total)
            compensations.append { try await payments.refund(payment) }

            let parcel = try await context.subWorkflow(Shipping.self, reservation)
            return Receipt(payment: payment, parcel: parcel, approvedBy: approval?.by)
        } catch {
            let undo = compensations
            // Not cancelled itself, whatever happens to the order.
            try await context.shielded { for compensation in undo.reversed() { try await compensation() } }
            throw error
        }
    }

    private func approve(_ order: Order, _ context: WorkflowContext) async throws -> Approval? {
        guard order.total > Self.approvalLimit else { return nil }
        return try await context.timeout(order.approvalTime) { try await context.receive(Self.approval) }
    }
}
