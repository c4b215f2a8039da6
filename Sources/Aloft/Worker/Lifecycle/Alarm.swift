package import AloftCore
internal import Synchronization

/// A wait that anyone can end early. One waits, many ring.
package final class Alarm: Sendable {
    private struct State {
        /// When the wait would end by itself; nobody rings for a later moment.
        var deadline: Timestamp?
        /// The earliest moment that was rung for while nobody waited.
        var earliest: Timestamp?
        var sleeper: Task<Void, Never>?
    }

    private let state = Mutex(State())

    package init() {}

    /// Waits for a duration, or until someone rings for a moment before its end.
    package func wait(for duration: Duration, from now: Timestamp, on clock: any Clock<Duration> & Sendable) async {
        let sleeper = state.withLock { state -> Task<Void, Never>? in
            let duration = min(duration, state.earliest.take().map { $0 - now } ?? duration)
            guard duration > .zero else { return nil }
            state.deadline = now + duration
            let sleeper = Task<Void, Never> { do { try await clock.sleep(for: duration) } catch {} }
            state.sleeper = sleeper
            return sleeper
        }
        guard let sleeper else { return }
        await withTaskCancellationHandler {
            await sleeper.value
        } onCancel: {
            sleeper.cancel()
        }
        state.withLock { state in
            state.deadline = nil
            state.sleeper = nil
        }
    }

    /// Ends the wait if it would last beyond a moment.
    package func ring(for moment: Timestamp) {
        let sleeper = state.withLock { state -> Task<Void, Never>? in
            guard let deadline = state.deadline else {
                state.earliest = min(moment, state.earliest ?? moment)
                return nil
            }
            guard moment < deadline else { return nil }
            return state.sleeper
        }
        sleeper?.cancel()
    }
}
