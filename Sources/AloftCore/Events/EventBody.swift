/// What an event says. Inputs come from outside and drive workflow code; outputs are what the code decided.
///
/// Cases are stored by number (``EventKind``): append, never renumber.
public enum EventBody: Hashable, Sendable {
    // Inputs
    case started(Started)
    case activityCompleted(CommandID, Payload)
    case activityFailed(CommandID, Failure)
    case timerFired(CommandID)
    case signalReceived(name: String, Payload, headers: ContextHeaders = [:])
    case cancelRequested(reason: String)
    case subWorkflowCompleted(CommandID, Payload)
    /// It ended in another way than by completing, or could not be started.
    case subWorkflowFailed(CommandID, Failure)
    /// A signal to another instance is in its inbox.
    case signalDelivered(CommandID)
    /// A signal to another instance was refused.
    case signalFailed(CommandID, Failure)

    // Outputs
    case activityScheduled(ActivityScheduled)
    case timerScheduled(TimerScheduled)
    case timerCancelled(CommandID)
    case sideEffectRecorded(CommandID, Payload)
    case workflowCompleted(Payload)
    case workflowFailed(Failure)
    case workflowCancelled(Failure)
    case subWorkflowScheduled(SubWorkflowScheduled)
    case subWorkflowCancelRequested(CommandID)
    case signalScheduled(SignalScheduled)
    case continuedAsNew(ContinuedAsNew)

    // Ends that the store writes: no code decides them.
    case workflowTerminated(Failure)
    case workflowTimedOut(Failure)

    /// The first event of every execution.
    public struct Started: Hashable, Sendable {
        /// The registered name of the workflow.
        public var workflow: String
        public var queue: TaskQueue
        public var input: Payload
        /// Who awaits it as a sub-workflow.
        public var parent: ParentLink?
        /// The execution that this one continues.
        public var continuedFrom: ExecutionID?
        /// Whether it was asked to cancel before its code ran: its task begins cancelled then.
        public var isCancelled: Bool
        /// What crosses from whoever started it: trace context, for one.
        public var headers: ContextHeaders

        public init(
            workflow: String,
            queue: TaskQueue,
            input: Payload,
            parent: ParentLink? = nil,
            continuedFrom: ExecutionID? = nil,
            isCancelled: Bool = false,
            headers: ContextHeaders = [:]
        ) {
            self.workflow = workflow
            self.queue = queue
            self.input = input
            self.parent = parent
            self.continuedFrom = continuedFrom
            self.isCancelled = isCancelled
            self.headers = headers
        }
    }

    public struct ActivityScheduled: Hashable, Sendable {
        public var command: CommandID
        /// The registered name of the activity.
        public var name: String
        /// Where it runs; `nil`: on the queue of its instance.
        public var queue: TaskQueue?
        public var input: Payload
        public var retry: RetryPolicy
        /// How long one attempt may run; `nil`: without limit. Its worker ends it.
        public var startToCloseTimeout: Duration?
        /// What crosses from the workflow to the activity.
        public var headers: ContextHeaders

        public init(
            command: CommandID,
            name: String,
            queue: TaskQueue?,
            input: Payload,
            retry: RetryPolicy,
            startToCloseTimeout: Duration? = nil,
            headers: ContextHeaders = [:]
        ) {
            self.command = command
            self.name = name
            self.queue = queue
            self.input = input
            self.retry = retry
            self.startToCloseTimeout = startToCloseTimeout
            self.headers = headers
        }
    }

    public struct TimerScheduled: Hashable, Sendable {
        public var command: CommandID
        /// For people: shown wherever the timer is.
        public var name: String
        public var due: Timestamp

        public init(command: CommandID, name: String, due: Timestamp) {
            self.command = command
            self.name = name
            self.due = due
        }
    }

    public struct SubWorkflowScheduled: Hashable, Sendable {
        public var command: CommandID
        /// The registered name of the workflow.
        public var workflow: String
        public var instance: InstanceID
        /// The first execution of the sub-workflow; derived from the command, so that starting it twice is recognised.
        public var execution: ExecutionID
        /// Where it runs; `nil`: on the queue of its parent.
        public var queue: TaskQueue?
        public var input: Payload
        /// What becomes of it when its parent ends first.
        public var closePolicy: ParentClosePolicy
        /// How long it is kept after it has finished; `nil`: as the store is set.
        public var retention: Duration?
        /// After which time it is ended, its continuations included; `nil`: never.
        public var executionTimeout: Duration?
        public var memo: [String: String]
        /// What crosses from the parent to it.
        public var headers: ContextHeaders

        public init(
            command: CommandID,
            workflow: String,
            instance: InstanceID,
            execution: ExecutionID,
            queue: TaskQueue? = nil,
            input: Payload,
            closePolicy: ParentClosePolicy = .cancel,
            retention: Duration? = nil,
            executionTimeout: Duration? = nil,
            memo: [String: String] = [:],
            headers: ContextHeaders = [:]
        ) {
            self.command = command
            self.workflow = workflow
            self.instance = instance
            self.execution = execution
            self.queue = queue
            self.input = input
            self.closePolicy = closePolicy
            self.retention = retention
            self.executionTimeout = executionTimeout
            self.memo = memo
            self.headers = headers
        }
    }

    /// A signal from one instance to another.
    public struct SignalScheduled: Hashable, Sendable {
        public var command: CommandID
        /// Who gets it.
        public var instance: InstanceID
        public var name: String
        public var payload: Payload
        /// What crosses to whoever receives it.
        public var headers: ContextHeaders

        public init(
            command: CommandID,
            instance: InstanceID,
            name: String,
            payload: Payload,
            headers: ContextHeaders = [:]
        ) {
            self.command = command
            self.instance = instance
            self.name = name
            self.payload = payload
            self.headers = headers
        }
    }

    /// The last event of an execution whose instance goes on with a fresh history.
    public struct ContinuedAsNew: Hashable, Sendable {
        /// The execution that follows.
        public var execution: ExecutionID
        public var input: Payload

        public init(execution: ExecutionID, input: Payload) {
            self.execution = execution
            self.input = input
        }
    }
}

/// What becomes of a sub-workflow when its parent ends, or continues as new, before it.
public enum ParentClosePolicy: UInt8, Hashable, Sendable, Codable, CaseIterable {
    /// It is asked to cancel.
    case cancel = 0
    /// It is ended at once.
    case terminate = 1
    /// It goes on.
    case abandon = 2
}

/// Whom a sub-workflow belongs to.
public struct ParentLink: Hashable, Sendable {
    public var instance: InstanceID
    public var execution: ExecutionID
    /// The parent's command that started the sub-workflow.
    public var command: CommandID

    public init(instance: InstanceID, execution: ExecutionID, command: CommandID) {
        self.instance = instance
        self.execution = execution
        self.command = command
    }
}

extension EventBody {
    /// Whether the event comes from outside; all others are decisions of the workflow code.
    public var isInput: Bool { kind.isInput }

    /// The command that the event belongs to.
    public var command: CommandID? {
        switch self {
        case .activityCompleted(let command, _), .activityFailed(let command, _), .timerFired(let command),
            .timerCancelled(let command), .sideEffectRecorded(let command, _), .subWorkflowCompleted(let command, _),
            .subWorkflowFailed(let command, _), .signalDelivered(let command), .signalFailed(let command, _),
            .subWorkflowCancelRequested(let command):
            command
        case .activityScheduled(let scheduled): scheduled.command
        case .timerScheduled(let scheduled): scheduled.command
        case .subWorkflowScheduled(let scheduled): scheduled.command
        case .signalScheduled(let scheduled): scheduled.command
        case .started, .signalReceived, .cancelRequested, .workflowCompleted, .workflowFailed, .workflowCancelled,
            .continuedAsNew, .workflowTerminated, .workflowTimedOut:
            nil
        }
    }
}

/// An event at its place in a history.
public struct Event: Hashable, Sendable {
    /// The place, counted from 1.
    public var number: Int
    /// When it happened, by the clock of the store.
    public var timestamp: Timestamp
    public var body: EventBody

    public init(number: Int, timestamp: Timestamp, body: EventBody) {
        self.number = number
        self.timestamp = timestamp
        self.body = body
    }
}
