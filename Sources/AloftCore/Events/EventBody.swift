/// What an event says. Inputs come from outside and drive workflow code; outputs are what the code decided.
///
/// Cases are stored by number (``EventKind``): append, never renumber.
public enum EventBody: Hashable, Sendable {
    // Inputs
    case started(Started)
    case activityCompleted(CommandID, Payload)
    case activityFailed(CommandID, Failure)
    case timerFired(CommandID)
    case signalReceived(name: String, Payload)
    case cancelRequested(reason: String)

    // Outputs
    case activityScheduled(ActivityScheduled)
    case timerScheduled(TimerScheduled)
    case timerCancelled(CommandID)
    case sideEffectRecorded(CommandID, Payload)
    case workflowCompleted(Payload)
    case workflowFailed(Failure)
    case workflowCancelled(Failure)

    /// The first event of every execution.
    public struct Started: Hashable, Sendable {
        /// The registered name of the workflow.
        public var workflow: String
        public var queue: TaskQueue
        public var input: Payload

        public init(workflow: String, queue: TaskQueue, input: Payload) {
            self.workflow = workflow
            self.queue = queue
            self.input = input
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

        public init(command: CommandID, name: String, queue: TaskQueue?, input: Payload, retry: RetryPolicy) {
            self.command = command
            self.name = name
            self.queue = queue
            self.input = input
            self.retry = retry
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
}

extension EventBody {
    /// Whether the event comes from outside; all others are decisions of the workflow code.
    public var isInput: Bool {
        switch self {
        case .started, .activityCompleted, .activityFailed, .timerFired, .signalReceived, .cancelRequested: true
        case .activityScheduled, .timerScheduled, .timerCancelled, .sideEffectRecorded, .workflowCompleted,
            .workflowFailed, .workflowCancelled:
            false
        }
    }

    /// The command that the event belongs to.
    public var command: CommandID? {
        switch self {
        case .activityCompleted(let command, _), .activityFailed(let command, _), .timerFired(let command),
            .timerCancelled(let command), .sideEffectRecorded(let command, _):
            command
        case .activityScheduled(let scheduled): scheduled.command
        case .timerScheduled(let scheduled): scheduled.command
        case .started, .signalReceived, .cancelRequested, .workflowCompleted, .workflowFailed, .workflowCancelled: nil
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
