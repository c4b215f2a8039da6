public import Aloft

/// What is on the shelves, kept by somebody else in a real shop.
@Activities
public struct Warehouse: Sendable {
    let ledger: Ledger

    public init(ledger: Ledger) { self.ledger = ledger }

    func reserve(_ items: [String], for order: InstanceID) async throws -> String {
        guard !items.isEmpty else { throw PermanentError(EmptyOrder()) }
        await ledger.note("reserved \(items.joined(separator: ", ")) for \(order)")
        return "reservation-\(order)"
    }

    func release(_ reservation: String) async throws { await ledger.note("released \(reservation)") }

    func pack(_ reservation: String) async throws -> String {
        await ledger.note("packed \(reservation)")
        return "parcel of \(reservation)"
    }
}

public struct EmptyOrder: Error, Codable {}
