internal import Synchronization

extension VirtualClock {
    /// Moves the clock and resumes everyone whose deadline is reached.
    ///
    /// - Parameter duration: Zero or more; the clock never goes back.
    public func advance(by duration: Duration) {
        wake { $0.now.advanced(by: duration) }
    }

    /// Moves the clock to a moment, unless it is there or further already.
    public func advance(to moment: Instant) {
        wake { _ in moment }
    }

    /// Moves the clock to the earliest deadline anyone sleeps for and resumes those who do.
    ///
    /// - Returns: The moment, or `nil` if nobody sleeps; the clock has not moved then.
    @discardableResult
    public func advanceToNextDeadline() -> Instant? {
        guard let deadline = nextDeadline else { return nil }
        advance(to: deadline)
        return deadline
    }

    /// The earliest moment anyone sleeps for.
    public var nextDeadline: Instant? {
        state.withLock { state in state.sleepers.first { !$0.isIdle }?.deadline }
    }

    /// How many tasks sleep.
    public var sleeperCount: Int { state.withLock { $0.sleeperCount } }

    /// Waits until at least so many tasks sleep.
    ///
    /// Returns early if the waiting task is cancelled.
    public func sleepers(atLeast count: Int) async {
        let parked = Handoff<Void>()
        state.withLock { state in
            if state.sleeperCount >= count {
                parked.bring(())
            } else {
                state.observers.append((count, parked))
            }
        }
        await parked.value(ifCancelled: ())
    }

    private func wake(movingTo target: (State) -> Instant) {
        let due = state.withLock { state -> [Sleeper] in
            state.now = max(state.now, target(state))
            let now = state.now
            let count = state.sleepers.firstIndex { $0.deadline > now } ?? state.sleepers.endIndex
            defer { state.sleepers.removeFirst(count) }
            return Array(state.sleepers.prefix(count))
        }
        for sleeper in due { sleeper.continuation.resume() }
    }
}

extension VirtualClock.State {
    var sleeperCount: Int { sleepers.count { !$0.isIdle } }

    /// The observers who have waited for as many sleepers as there are now.
    mutating func takeObservers() -> [Handoff<Void>] {
        guard !observers.isEmpty else { return [] }
        let count = sleeperCount
        let satisfied = observers.filter { $0.count <= count }
        observers.removeAll { $0.count <= count }
        return satisfied.map(\.parked)
    }
}
