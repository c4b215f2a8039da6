import Aloft

/// The payment service.
@Activities
struct Payments {
    let ledger: Ledger

    /// The key is the same for every attempt: a charge that is repeated after a crash takes the money once.
    func charge(_ context: ActivityContext, card: String, amount: Int) async throws -> Payment {
        // Asking again would not help.
        guard card != "stolen" else { throw PermanentError(CardDeclined(card: card)) }
        await ledger.note("charged \(amount) cents to card \(card)")
        return Payment(id: context.idempotencyKey, amount: amount)
    }

    func refund(_ payment: Payment) async { await ledger.note("refunded \(payment.amount) cents") }
}

struct Payment: Codable, Sendable, Equatable {
    var id: String
    var amount: Int
}

struct CardDeclined: Error, Codable, Equatable {
    var card: String
}
