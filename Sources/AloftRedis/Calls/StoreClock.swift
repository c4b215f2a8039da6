import AloftCore
import Synchronization

/// The clock of Redis as well as it is known here: the last time that a reply told plus what has passed since.
///
/// A reply tells a moment before it arrives, so this clock is never ahead of the server's.
final class StoreClock: Sendable {
    private struct State {
        var told: Int64 = 0
        var toldAt = ContinuousClock.now
        var last: Int64 = 0
    }

    private let state = Mutex(State())

    /// What a clock can show: until the end of the year 9999. This clock never goes back, so one reply without sense would set it
    /// for good.
    private static let sensible: ClosedRange<Int64> = 0...253_402_300_799_999

    func observe(_ milliseconds: Int64) {
        guard Self.sensible.contains(milliseconds) else { return }
        let instant = ContinuousClock.now
        state.withLock { state in
            state.told = milliseconds
            state.toldAt = instant
        }
    }

    /// Never goes back, even if the server's clock is set back.
    var now: Timestamp {
        state.withLock { state in
            let (seconds, attoseconds) = (ContinuousClock.now - state.toldAt).components
            let passed = seconds * 1000 + attoseconds / 1_000_000_000_000_000
            state.last = max(state.last, state.told + passed)
            return Timestamp(milliseconds: state.last)
        }
    }
}
