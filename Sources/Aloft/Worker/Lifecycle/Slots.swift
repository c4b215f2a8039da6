internal import Synchronization

/// A bounded number of places for tasks. One poller waits for places, many finishers give them back.
package final class Slots: Sendable {
    private struct State {
        var free: Int
        var isClosed = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state: Mutex<State>
    package let capacity: Int

    package init(_ capacity: Int) {
        self.capacity = max(1, capacity)
        state = Mutex(State(free: max(1, capacity)))
    }

    /// How many are taken.
    var takenCount: Int { capacity - state.withLock { $0.free } }

    /// Waits until a place is free and returns how many are; 0 once closed. For one caller at a time.
    package func waitForFree() async -> Int {
        while true {
            let free = state.withLock { $0.isClosed ? 0 : $0.free > 0 ? $0.free : nil }
            if let free { return free }
            await withCheckedContinuation { continuation in
                let resume = state.withLock { state in
                    if state.free > 0 || state.isClosed { return true }
                    state.waiter = continuation
                    return false
                }
                if resume { continuation.resume() }
            }
            // Whoever was quicker may have taken the place again.
        }
    }

    /// Whether no place is free.
    package var isFull: Bool { state.withLock { $0.free <= 0 } }

    /// Takes places for tasks that are there already.
    ///
    /// - Returns: How many it took: fewer than asked for if others have taken them since they were seen to be free.
    package func take(upTo count: Int) -> Int {
        state.withLock { state in
            let taken = min(count, max(0, state.free))
            state.free -= taken
            return taken
        }
    }

    /// Takes a place if one is free.
    package func tryTake() -> Bool {
        state.withLock { state in
            guard state.free > 0, !state.isClosed else { return false }
            state.free -= 1
            return true
        }
    }

    package func give(_ count: Int = 1) {
        let waiter = state.withLock { state in
            state.free += count
            return state.free > 0 ? state.waiter.take() : nil
        }
        waiter?.resume()
    }

    /// Ends all waiting: no more tasks are wanted.
    package func close() {
        let waiter = state.withLock { state in
            state.isClosed = true
            return state.waiter.take()
        }
        waiter?.resume()
    }
}
