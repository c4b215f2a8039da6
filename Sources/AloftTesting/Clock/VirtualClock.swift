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
        let continuation: CheckedContinuation<Void, any Error>
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
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                park(Sleeper(number: number, deadline: deadline, isIdle: isIdle, continuation: continuation))
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                state.sleepers.firstIndex { $0.number == number }.map { state.sleepers.remove(at: $0) }
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    private func park(_ sleeper: Sleeper) {
        let (isParked, observed) = state.withLock { state -> (Bool, [Handoff<Void>]) in
            // A task is marked as cancelled before its handler runs: whichever comes first, one of the two sees it.
            guard !Task.isCancelled, sleeper.deadline > state.now else { return (false, []) }
            let index = state.sleepers.firstIndex { $0.deadline > sleeper.deadline } ?? state.sleepers.endIndex
            state.sleepers.insert(sleeper, at: index)
            return (true, state.takeObservers())
        }
        for parked in observed { parked.bring(()) }
        guard !isParked else { return }
        if Task.isCancelled {
            sleeper.continuation.resume(throwing: CancellationError())
        } else {
            sleeper.continuation.resume()
        }
    }
}
