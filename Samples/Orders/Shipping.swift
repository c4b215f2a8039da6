import Aloft

/// Packs a reservation and hands it to the carrier: a workflow of its own, with its own clean-up.
struct Shipping: Workflow {
    func run(_ context: WorkflowContext, _ reservation: String) async throws -> String {
        let warehouse = context.activities(Warehouse.self)
        let parcel = try await warehouse.pack(reservation)
        do {
            return try await warehouse.handOver(parcel)
        } catch {
            try await context.shielded { try await warehouse.unpack(parcel) }
            throw error
        }
    }
}
