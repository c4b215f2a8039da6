internal import AloftCore
internal import Synchronization

/// What a worker notes of itself, over all its incarnations; ``WorkerHealth`` is computed from it.
///
/// Costs a lock and a look at the clock per poll and per heartbeat.
final class HealthRecord: Sendable {
    enum Kind: Sendable { case workflow, activity }

    private struct Poll {
        /// When the store last answered, or when asking began.
        var answeredAt: Duration
        var isFull = false
        var error: String?
    }

    private struct State {
        var status = WorkerHealth.Status.starting
        var beatAt: Duration?
        var workflow: Poll?
        var activity: Poll?

        subscript(kind: Kind) -> Poll? {
            get { kind == .workflow ? workflow : activity }
            set { if kind == .workflow { workflow = newValue } else { activity = newValue } }
        }
    }

    private let state = Mutex(State())
    private let elapsed: @Sendable () -> Duration

    init(_ clock: some Clock<Duration> & Sendable) {
        let start = clock.now
        elapsed = { start.duration(to: clock.now) }
    }

    /// Nothing leads out of `stopped`, and only that out of `draining`.
    func enter(_ status: WorkerHealth.Status) {
        state.withLock { state in
            guard state.status != .stopped, state.status != .draining || status == .stopped else { return }
            state.status = status
            guard status != .serving else { return }
            state.workflow = nil
            state.activity = nil
        }
    }

    func beat() {
        let now = elapsed()
        state.withLock { $0.beatAt = now }
    }

    // MARK: Polls

    func beginsAsking(_ kind: Kind) {
        let now = elapsed()
        state.withLock { $0[kind] = Poll(answeredAt: now) }
    }

    /// It will not ask before a place is free.
    func isFull(_ kind: Kind) {
        state.withLock { $0[kind]?.isFull = true }
    }

    /// There is room. Nobody asked while there was none, so that time does not count.
    func hasRoom(_ kind: Kind) {
        let now = elapsed()
        state.withLock { state in
            guard state[kind]?.isFull == true else { return }
            state[kind]?.isFull = false
            state[kind]?.answeredAt = now
        }
    }

    func wasAnswered(_ kind: Kind) {
        let now = elapsed()
        state.withLock { state in
            state[kind]?.answeredAt = now
            state[kind]?.error = nil
        }
    }

    func failed(_ kind: Kind, _ error: StoreError) {
        state.withLock { $0[kind]?.error = "\(error)" }
    }

    // MARK: Snapshot

    func snapshot(lease: Duration, pollDuration: Duration) -> WorkerHealth {
        let now = elapsed()
        let state = state.withLock { $0 }
        func poll(_ kind: Kind) -> WorkerHealth.Poll? {
            state[kind].map { .init(age: max(.zero, now - $0.answeredAt), isFull: $0.isFull, error: $0.error) }
        }
        return WorkerHealth(
            status: state.status,
            heartbeatAge: state.beatAt.map { max(.zero, now - $0) },
            lease: lease,
            pollLimit: pollDuration + lease,
            workflowPoll: poll(.workflow),
            activityPoll: poll(.activity)
        )
    }
}
