internal import Synchronization

/// A clock that stands still until it is moved: a month of waiting passes in no time, and a test decides when.
///
/// Sleepers whose deadline is reached are resumed in order of deadline; those with the same deadline in the order in
/// which they went to sleep.
public final class VirtualClock: Clock, Sendable {
    struct Sleeper: Sendable {
        let number: Int
        let deadline: Instant
        let isIdle: Bool
        let waking: Handoff<Waking>
    }

    enum Waking: Sendable {
        case deadline
        case cancelled
    }

    struct State: Sendable {
        var now: Instant
        /// In order of deadline, then of number.
        var sleepers: [Sleeper] = []
        var lastNumber = 0
        /// Tests that wait for sleepers to park.
        var observers: [(count: Int, parked: Handoff<Void>)] = []
    }

    let state: Mutex<State>

    /// - Parameter now: Where the clock stands at first.
    public init(now: Instant = Instant()) {
        self.state = Mutex(State(now: now))
    }

    public var now: Instant { state.withLock { $0.now } }

    /// Any duration, however short, can be told apart.
    public var minimumResolution: Duration { .zero }

    // MARK: Sleeping

    /// Waits until the clock has been moved to the deadline; the tolerance is not used.
    ///
    /// - Throws: `CancellationError`, at once, if the sleeping task is cancelled.
    public func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
        try await sleep(until: deadline, isIdle: false)
    }

    /// Like ``sleep(until:tolerance:)``, but is no reason to move the clock: ``advanceToNextDeadline()`` passes over
    /// such a sleeper and ``sleeperCount`` does not count it. For limits on waiting for something else.
    public func idle(until deadline: Instant) async throws {
        try await sleep(until: deadline, isIdle: true)
    }

    private func sleep(until deadline: Instant, isIdle: Bool) async throws {
        try Task.checkCancellation()
        guard let sleeper = park(until: deadline, isIdle: isIdle) else { return }
        if case .cancelled = await sleeper.waking.value(ifCancelled: .cancelled) {
            state.withLock { state in state.sleepers.removeAll { $0.number == sleeper.number } }
            throw CancellationError()
        }
    }

    /// `nil`: there is nothing to wait for.
    private func park(until deadline: Instant, isIdle: Bool) -> Sleeper? {
        let (sleeper, observed) = state.withLock { state -> (Sleeper?, [Handoff<Void>]) in
            guard deadline > state.now else { return (nil, []) }
            state.lastNumber += 1
            let sleeper = Sleeper(number: state.lastNumber, deadline: deadline, isIdle: isIdle, waking: Handoff())
            let index = state.sleepers.firstIndex { $0.deadline > deadline } ?? state.sleepers.endIndex
            state.sleepers.insert(sleeper, at: index)
            return (sleeper, state.takeObservers())
        }
        for parked in observed { parked.bring(()) }
        return sleeper
    }
}
