public import AloftCore

/// The state of an instance as it is shown in lists and at the head of its page.
public struct InstanceView: Hashable, Sendable, Codable {
    public struct Parent: Hashable, Sendable, Codable {
        public var id: String
        public var execution: String
        /// The parent's command that started this one.
        public var command: Int
    }

    public var id: String
    public var execution: String
    /// The registered name of the workflow.
    public var workflow: String
    public var queue: String
    /// "running", "completed", "failed", "cancelled", "terminated" or "timed out".
    public var status: String
    public var historyLength: Int
    public var startedAt: Moment
    public var finishedAt: Moment?
    /// When its code begins to run, if that was put off and is still to come.
    public var beginsAt: Moment?
    /// When its execution timeout ends it.
    public var deadline: Moment?
    public var parent: Parent?
    public var memo: [String: String]
    /// The worker that has it in memory.
    public var worker: String?
    /// Why its last workflow task could not be carried out.
    public var problem: String?
    public var isQuarantined: Bool
    /// How many workers died with its workflow task in hand since it last made progress.
    public var crashes: Int
    /// What the last of these workers wrote when it crashed; not in lists.
    public var backtrace: String?
    /// What it waits for, if it is open and has come to rest.
    public var waits: [WaitView]

    /// - Parameters:
    ///   - pending: Its activities without an outcome, if they were asked for: they tell how its waits fare.
    ///   - now: By the clock of the store.
    public init(_ state: InstanceState, pending: [PendingActivityView]? = nil, now: Timestamp) {
        var finder = WaitFinder(state, pending: pending, now: now)
        self.init(state, waits: finder.find())
    }

    init(_ state: InstanceState, waits: [WaitView]) {
        id = state.instance.rawValue
        execution = state.execution.rawValue
        workflow = state.workflow
        queue = state.queue.rawValue
        status = state.status.rawValue
        historyLength = state.historyLength
        startedAt = state.createdAt.moment
        finishedAt = state.finishedAt?.moment
        beginsAt = state.startsAt?.moment
        deadline = state.deadline?.moment
        parent = state.parent.map {
            Parent(id: $0.instance.rawValue, execution: $0.execution.rawValue, command: $0.command.number)
        }
        memo = state.memo
        worker = state.owner?.rawValue
        problem = state.problem
        isQuarantined = state.isQuarantined
        crashes = state.crashes
        backtrace = state.backtrace
        self.waits = waits
    }

    public var isOpen: Bool { status == InstanceStatus.running.rawValue }

    /// From its start to its end, or to `now`.
    public func duration(until now: Timestamp) -> Duration { (finishedAt?.timestamp ?? now) - startedAt.timestamp }

    /// "Orders.swift:42 waits for Payments.charge, attempt 3, next in 12 s, last error: CardDeclined: no funds"; `nil` if it waits
    /// for nothing.
    public var waitText: String? {
        waits.first.map { waits.count == 1 ? $0.text : "\($0.text); and \(Quantity.count(waits.count - 1)) more" }
    }
}
