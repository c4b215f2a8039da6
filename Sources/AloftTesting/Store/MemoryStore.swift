public import AloftCore
internal import Synchronization

/// A store in the memory of one process: the reference for every other, and what tests and simulations run on.
///
/// It is a plain value behind a lock, and made for being obviously right. Nothing survives the process. With a
/// ``VirtualClock``, nothing ever happens by the passing of real time.
public final class MemoryStore: WorkflowStore, Sendable {
    struct Contents: Sendable {
        var state: MemoryState
        var waiting = WaitingRoom()
        /// Until when nobody else is to audit.
        var auditClaim: (worker: WorkerID, until: Timestamp)?
    }

    public let leaseDuration: Duration
    public let limits: StoreLimits
    let time: StoreTime
    let pollLimit: Duration
    let contents: Mutex<Contents>

    /// - Parameters:
    ///   - clock: Moves the store's time.
    ///   - epoch: The store's time at the moment at which it is made.
    ///   - leaseDuration: How long a worker may be silent.
    ///   - retention: How long finished instances are kept that do not say it themselves.
    ///   - payloadLimit: The size of the largest payload, in bytes.
    ///   - historyLimit: The length of the longest history, in events.
    ///   - inboxLimit: How many inputs may wait for an instance before senders are refused.
    ///   - continuedRetention: How long the history of an execution is kept that has continued as new; zero: not at all.
    ///   - pollLimit: How long a call waits for tasks.
    public init(
        clock: some Clock<Duration> = ContinuousClock(),
        epoch: Timestamp = MemoryStore.currentTime,
        leaseDuration: Duration = .seconds(10),
        retention: Duration = .seconds(48 * 3600),
        payloadLimit: Int = 1024 * 1024,
        historyLimit: Int = 50_000,
        inboxLimit: Int = 10_000,
        continuedRetention: Duration = .zero,
        pollLimit: Duration = .seconds(2)
    ) {
        self.leaseDuration = leaseDuration
        self.pollLimit = pollLimit
        self.time = StoreTime(clock, epoch: epoch)
        let limits = MemoryState.Limits(
            leaseDuration: leaseDuration,
            retention: retention,
            payloadBytes: payloadLimit,
            historyLength: historyLimit,
            inboxLength: inboxLimit,
            continuedRetention: continuedRetention
        )
        self.limits = StoreLimits(payloadBytes: payloadLimit, historyLength: historyLimit)
        self.contents = Mutex(Contents(state: MemoryState(limits: limits, now: epoch)))
    }

    public var now: Timestamp { time.now }
    public var clock: any Clock<Duration> & Sendable { time.clock }

    /// How much the store holds at the moment.
    package func census() -> Census {
        contents.withLock { contents in
            var census = contents.state.census
            census.waiters = contents.waiting.count
            return census
        }
    }

    /// Whatever contradicts the rules that hold between any two calls, in words; for tests.
    package func audit() -> [String] { contents.withLock { $0.state.findings.map(\.description) } }
}
