public import Aloft

/// Packs and waits for the carrier, who tells when the parcel was taken.
public struct Shipping: Workflow {
    public static let taken = Signal<String>("taken by carrier")

    public init() {}

    public func run(_ context: WorkflowContext, _ reservation: String) async throws -> String {
        let parcel = try await context.activities(Warehouse.self).pack(reservation)
        do {
            let carrier = try await context.timeout(.seconds(2)) { try await context.receive(Self.taken) }
            return "\(parcel), taken by \(carrier)"
        } catch is TimeoutError {
            return "\(parcel), waits at the door"
        }
    }
}
