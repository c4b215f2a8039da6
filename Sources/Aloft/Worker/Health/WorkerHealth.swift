/// How a worker is at one moment, by what it knows of itself: see ``Worker/health``.
///
/// Ready means that it serves its queues, healthy that its heartbeats and its polls have been answered lately. One that is not
/// ready but healthy is to be left alone: it starts, or drains.
public struct WorkerHealth: Sendable, Hashable {
    public enum Status: String, Sendable, Hashable, CaseIterable {
        /// Not registered with the store: not yet, or not again after its lease was lost.
        case starting
        /// Takes tasks.
        case serving
        /// Was told to stop: takes nothing new, ends what runs and hands back the rest.
        case draining
        /// ``Worker/run()`` has ended.
        case stopped
    }

    /// How asking for one kind of tasks goes.
    public struct Poll: Sendable, Hashable {
        /// How long ago the store last answered; before the first answer, how long it has been asked.
        public var age: Duration
        /// Whether it does not ask because it has no free place for tasks of this kind.
        public var isFull: Bool
        /// Why the last call failed; `nil` if it did not.
        public var error: String?

        public init(age: Duration, isFull: Bool = false, error: String? = nil) {
            self.age = age
            self.isFull = isFull
            self.error = error
        }
    }

    public var status: Status
    /// How long ago the store last confirmed a heartbeat; `nil` before the first.
    public var heartbeatAge: Duration?
    /// How long a worker may be silent before the others take its work over.
    public var lease: Duration
    /// Of how long ago the last answer to a poll may be: as long as one waits for tasks by design, and a lease on top.
    public var pollLimit: Duration
    /// `nil` if it does not serve workflows, or does not ask at the moment.
    public var workflowPoll: Poll?
    /// `nil` if it does not serve activities, or does not ask at the moment.
    public var activityPoll: Poll?

    public init(
        status: Status,
        heartbeatAge: Duration? = nil,
        lease: Duration,
        pollLimit: Duration,
        workflowPoll: Poll? = nil,
        activityPoll: Poll? = nil
    ) {
        self.status = status
        self.heartbeatAge = heartbeatAge
        self.lease = lease
        self.pollLimit = pollLimit
        self.workflowPoll = workflowPoll
        self.activityPoll = activityPoll
    }
}

extension WorkerHealth {
    /// Whether it serves its queues: it takes tasks and is healthy.
    public var isReady: Bool { status == .serving && isHealthy }

    /// Whether its heartbeats and its polls are recent, as far as it makes any. A worker that starts for the first time or drains
    /// is healthy, one that has stopped is not.
    public var isHealthy: Bool { illnesses.isEmpty }

    /// Why it is not ready, or not healthy, in words for people; empty if it is both.
    public var reasons: [String] {
        switch status {
        case .starting: ["the worker is not registered with the store"] + illnesses
        case .draining: ["the worker drains: it was told to stop"]
        case .serving, .stopped: illnesses
        }
    }

    private var illnesses: [String] {
        switch status {
        case .stopped: return ["the worker has stopped"]
        // It ends by itself; to end it earlier would only cost what it has in hand.
        case .draining: return []
        case .starting: return [lateHeartbeat].compactMap { $0 }
        case .serving:
            return [
                lateHeartbeat, workflowPoll.flatMap { late($0, "workflow") },
                activityPoll.flatMap { late($0, "activity") },
            ].compactMap { $0 }
        }
    }

    private var lateHeartbeat: String? {
        guard let heartbeatAge, heartbeatAge > lease else { return nil }
        return "the store has confirmed no heartbeat for \(seconds(heartbeatAge)); the lease is \(seconds(lease))"
    }

    private func late(_ poll: Poll, _ kind: String) -> String? {
        guard !poll.isFull, poll.age > pollLimit else { return nil }
        let silence = "no answer for \(seconds(poll.age)) when asking for \(kind) tasks"
        return poll.error.map { "\(silence): \($0)" } ?? silence
    }

    private func seconds(_ duration: Duration) -> String {
        // In tenths, without the locale of the process.
        let tenths = duration / .milliseconds(100)
        return "\((tenths.rounded(.down)) / 10) s"
    }
}
