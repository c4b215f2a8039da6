/// How an execution ended.
public enum Completion: Hashable, Sendable {
    case completed(Payload)
    case failed(Failure)
    case cancelled(Failure)
    /// Ended from outside; never decided by code.
    case terminated(Failure)
    /// Ended by its execution timeout; never decided by code.
    case timedOut(Failure)
    /// The instance goes on with a fresh history.
    case continuedAsNew(Continuation)

    /// What the status of the instance is from here on.
    public var status: InstanceStatus {
        switch self {
        case .completed: .completed
        case .failed: .failed
        case .cancelled: .cancelled
        case .terminated: .terminated
        case .timedOut: .timedOut
        case .continuedAsNew: .running
        }
    }

    /// The last event of the history.
    public var event: EventBody {
        switch self {
        case .completed(let payload): .workflowCompleted(payload)
        case .failed(let failure): .workflowFailed(failure)
        case .cancelled(let failure): .workflowCancelled(failure)
        case .terminated(let failure): .workflowTerminated(failure)
        case .timedOut(let failure): .workflowTimedOut(failure)
        case .continuedAsNew(let continuation):
            .continuedAsNew(
                EventBody.ContinuedAsNew(execution: continuation.execution, input: continuation.started.input)
            )
        }
    }

    /// The end of an instance that an event records, if it is the last of a history.
    public init?(_ event: EventBody) {
        switch event {
        case .workflowCompleted(let payload): self = .completed(payload)
        case .workflowFailed(let failure): self = .failed(failure)
        case .workflowCancelled(let failure): self = .cancelled(failure)
        case .workflowTerminated(let failure): self = .terminated(failure)
        case .workflowTimedOut(let failure): self = .timedOut(failure)
        default: return nil
        }
    }

    /// What a parent is told of a sub-workflow that ended so; `nil`: nothing, it goes on.
    public func event(forParent command: CommandID) -> EventBody? {
        switch self {
        case .completed(let payload): .subWorkflowCompleted(command, payload)
        case .failed(let failure), .cancelled(let failure), .terminated(let failure), .timedOut(let failure):
            .subWorkflowFailed(command, failure)
        case .continuedAsNew: nil
        }
    }
}

/// The execution with which an instance goes on.
public struct Continuation: Hashable, Sendable {
    public var execution: ExecutionID
    /// Its first event.
    public var started: EventBody.Started
    /// What the execution before had in its history and the next is to have too, before all that waits in the inbox: a
    /// request to cancel, if there was one with a reason, and signals that were not received.
    public var signals: [EventBody]

    public init(execution: ExecutionID, started: EventBody.Started, signals: [EventBody] = []) {
        self.execution = execution
        self.started = started
        self.signals = signals
    }
}
