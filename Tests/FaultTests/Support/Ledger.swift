import Synchronization

/// What activities did, and how often.
final class Ledger: Sendable {
    private let effects = Mutex<[String: Int]>([:])

    func note(_ effect: String) { effects.withLock { $0[effect, default: 0] += 1 } }
    func count(of effect: String) -> Int { effects.withLock { $0[effect] ?? 0 } }

    /// How many different effects there were.
    var count: Int { effects.withLock { $0.count } }

    /// How many effects there were, those that were repeated each time.
    var total: Int { effects.withLock { $0.values.reduce(0, +) } }
}
