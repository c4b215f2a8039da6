/// What a tick did and when the next is worth making.
public struct TickReport: Sendable {
    /// The store's clock.
    public var now: Timestamp
    /// The earliest moment at which something is due that is known; `nil`: nothing is.
    public var nextDue: Timestamp?
    /// How many timers, retries and the like were carried out.
    public var fired: Int
    /// How late it was with that: of all that it carried out, with what had been due for longest. `nil`: nothing was, or it is not
    /// known.
    public var lateness: Duration?
    /// Workers that died and of whose work this tick took over the last; each is in the report of one tick only.
    public var deadWorkers: [WorkerID]
    /// How many tasks, leases and executions were taken from them.
    public var takenOver: Int
    /// How many instances were quarantined with that.
    public var quarantined: Int
    /// Whether a batch was full, so that another tick should follow at once.
    public var isMoreDue: Bool
    /// What kept it from doing the rest. A tick that did nothing at all throws instead.
    public var failure: StoreError?

    public init(
        now: Timestamp,
        nextDue: Timestamp? = nil,
        fired: Int = 0,
        lateness: Duration? = nil,
        deadWorkers: [WorkerID] = [],
        takenOver: Int = 0,
        quarantined: Int = 0,
        isMoreDue: Bool = false,
        failure: StoreError? = nil
    ) {
        self.now = now
        self.nextDue = nextDue
        self.fired = fired
        self.lateness = lateness
        self.deadWorkers = deadWorkers
        self.takenOver = takenOver
        self.quarantined = quarantined
        self.isMoreDue = isMoreDue
        self.failure = failure
    }

    /// Whether it did anything.
    package var hasEffect: Bool { fired > 0 || takenOver > 0 || quarantined > 0 || !deadWorkers.isEmpty }
}
