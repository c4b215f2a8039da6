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
    public var createdAt: Timestamp
    public var finishedAt: Timestamp?
    /// The worker that has it resident, if any.
    public var owner: WorkerID?
    /// Why its last workflow task could not be carried out; `nil` when all is well. Such an instance is unharmed and
    /// is tried again, unless it is quarantined.
    public var problem: String?
    /// Whether its workflow task killed so many workers that it is no longer tried.
    public var isQuarantined: Bool

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
        isQuarantined: Bool = false
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
    }
}

/// How an execution ended.
public enum Completion: Hashable, Sendable {
    case completed(Payload)
    case failed(Failure)
    case cancelled(Failure)

    public var status: InstanceStatus {
        switch self {
        case .completed: .completed
        case .failed: .failed
        case .cancelled: .cancelled
        }
    }

    /// The last event of the history.
    public var event: EventBody {
        switch self {
        case .completed(let payload): .workflowCompleted(payload)
        case .failed(let failure): .workflowFailed(failure)
        case .cancelled(let failure): .workflowCancelled(failure)
        }
    }

    /// The completion that an event records, if it is the last of a history.
    public init?(_ event: EventBody) {
        switch event {
        case .workflowCompleted(let payload): self = .completed(payload)
        case .workflowFailed(let failure): self = .failed(failure)
        case .workflowCancelled(let failure): self = .cancelled(failure)
        default: return nil
        }
    }
}
