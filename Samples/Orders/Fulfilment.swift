import Aloft

/// An order, from reservation to parcel: a saga. Each step that must be undone if a later one fails leaves behind how.
struct Fulfilment: Workflow {
    static let approval = Signal<Approval>("approval")

    func run(_ context: WorkflowContext, _ order: Order) async throws -> Receipt {
        let warehouse = context.activities(Warehouse.self)
        let payments = context.activities(Payments.self)
        let patient = ActivityOptions(retry: RetryPolicy(maximumAttempts: 20, maximumInterval: .seconds(3600)))
        var compensations = Compensations()
        do {
            let reservation = try await warehouse.reserve(order.items, for: order.id)
            compensations.add("release of \(reservation)") {
                try await context.activities(Warehouse.self, options: patient).release(reservation)
            }

            // The time limit is a timer in the store: it runs on while no worker does.
            let approval = try await context.timeout(order.approvalTime) {
                try await context.receive(Self.approval)
            }

            let payment = try await payments.charge(card: order.card, amount: order.total)
            compensations.add("refund of \(payment.id)") {
                try await context.activities(Payments.self, options: patient).refund(payment)
            }

            let tracking = try await context.subWorkflow(Shipping.self, reservation)
            return Receipt(approvedBy: approval.by, payment: payment, tracking: tracking)
        } catch {
            // A cancelled order throws here like a failed one; what undoes it must not be cancelled itself.
            try await context.shielded { [compensations] in try await compensations.run(context.logger) }
            throw error
        }
    }
}
