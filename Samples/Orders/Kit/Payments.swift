public import Aloft

/// The payment service. Charges are made under a key, so that one that is repeated after a crash does nothing twice.
@Activities
public struct Payments: Sendable {
    let ledger: Ledger

    public init(ledger: Ledger) { self.ledger = ledger }

    func charge(_ context: ActivityContext, card: String, amount: Int) async throws -> String {
        guard card != "stolen" else { throw PermanentError(CardDeclined(card: card)) }
        await ledger.note("charged \(amount) to \(card)")
        return "payment-\(context.idempotencyKey)"
    }

    func refund(_ payment: String) async throws { await ledger.note("refunded") }
}

public struct CardDeclined: Error, Codable {
    public var card: String
}
