/// What is known of an instance without reading its history.
public struct InstanceState: Hashable, Sendable {
    public var instance: InstanceID
    public var execution: ExecutionID
    /// The registered name of the workflow.
    public var workflow: String
    public var queue: TaskQueue
    public var status: InstanceStatus
    /// The number of events in its history.
    public var historyLength: Int
    /// When it was started; its continuations do not change that.
    public var createdAt: Timestamp
    public var finishedAt: Timestamp?
    /// When its code begins to run, if that was put off and is still to come.
    public var startsAt: Timestamp?
    /// When it is ended by its execution timeout.
    public var deadline: Timestamp?
    /// Who awaits it as a sub-workflow.
    public var parent: ParentLink?
    /// As given with its start.
    public var memo: [String: String]
    /// What its code waited for when it last came to rest; nothing while it has not run, and when it has ended.
    public var waits: WaitSummary
    /// The worker that has it resident, if any.
    public var owner: WorkerID?
    /// Why its last workflow task could not be carried out; `nil` when all is well. Such an instance is unharmed and
    /// is tried again, unless it is quarantined.
    public var problem: String?
    /// Whether its workflow task killed so many workers that it is no longer tried.
    public var isQuarantined: Bool
    /// How many workers died with its workflow task in hand, and are put down to it, since it last made progress.
    public var crashes: Int
    /// What the last of these workers wrote when it crashed, if a supervisor caught it: while the instance is quarantined, and
    /// from ``WorkflowStore/state(of:)`` only, since lists would grow heavy with it.
    public var backtrace: String?

    public init(
        instance: InstanceID,
        execution: ExecutionID,
        workflow: String,
        queue: TaskQueue,
        status: InstanceStatus,
        historyLength: Int,
        createdAt: Timestamp,
        finishedAt: Timestamp? = nil,
        owner: WorkerID? = nil,
        problem: String? = nil,
        isQuarantined: Bool = false,
        startsAt: Timestamp? = nil,
        deadline: Timestamp? = nil,
        parent: ParentLink? = nil,
        memo: [String: String] = [:],
        crashes: Int = 0,
        backtrace: String? = nil,
        waits: WaitSummary = WaitSummary()
    ) {
        self.instance = instance
        self.execution = execution
        self.workflow = workflow
        self.queue = queue
        self.status = status
        self.historyLength = historyLength
        self.createdAt = createdAt
        self.finishedAt = finishedAt
        self.owner = owner
        self.problem = problem
        self.isQuarantined = isQuarantined
        self.startsAt = startsAt
        self.deadline = deadline
        self.parent = parent
        self.memo = memo
        self.crashes = crashes
        self.backtrace = backtrace
        self.waits = waits
    }
}
