import Aloft

/// What is on the shelves and leaves them, kept by somebody else in a real shop.
@Activities
struct Warehouse {
    let ledger: Ledger

    func reserve(_ items: [String], for order: InstanceID) async -> String {
        await ledger.note("reserved \(items.joined(separator: ", "))")
        return "reservation of \(order)"
    }

    func release(_ reservation: String) async { await ledger.note("released \(reservation)") }

    func pack(_ reservation: String) async -> String {
        await ledger.note("packed \(reservation)")
        return "parcel of \(reservation)"
    }

    func unpack(_ parcel: String) async { await ledger.note("unpacked \(parcel)") }

    /// - Returns: The number under which the carrier knows it.
    func handOver(_ parcel: String) async -> String {
        await ledger.note("handed over \(parcel)")
        return "tracking number \(parcel.utf8.count)"
    }
}
