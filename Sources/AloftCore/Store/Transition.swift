/// The one atomic write that appends events to a history and carries out their effects.
///
/// The store carries it out wholly or not at all, and only if the execution is as the engine believed it to be.
public struct Transition: Hashable, Sendable {
    /// Names this write: when its answer was lost and it is sent again, the store sees that it is done already.
    public var id: String
    public var worker: WorkerID
    public var instance: InstanceID
    public var execution: ExecutionID
    /// The fence: the length of the history to which `events` are appended.
    public var expectedLength: Int
    /// What is appended, numbered from `expectedLength + 1`.
    public var events: [Event]
    /// The workflow task that this transition works on; `nil` if it only records outcomes of this worker's activities.
    public var receipt: TaskReceipt?
    /// How many inputs at the head of the inbox are among `events`; 0 without a receipt.
    public var consumedInputs: Int
    /// Activities of this worker whose outcomes are among `events`; each must still be in flight.
    public var settled: [SettledActivity]
    public var activities: [NewActivity]
    public var timers: [EventBody.TimerScheduled]
    /// Timers that are no longer wanted: of this execution, still pending or just fired.
    public var cancelledTimers: [CommandID]
    /// Sub-workflows to start. One whose id is used by an open instance fails: the parent finds that in its inbox.
    public var subWorkflows: [EventBody.SubWorkflowScheduled]
    /// Sub-workflows to ask to cancel, perhaps started by this very transition; those that ended meanwhile are passed over.
    public var cancelledSubWorkflows: [CommandID]
    /// Signals to other instances; what becomes of each comes as an input, ``EventBody/signalDelivered(_:)`` or
    /// ``EventBody/signalFailed(_:_:)``.
    public var signals: [EventBody.SignalScheduled]
    /// Set by the last transition of an execution; the last of `events` is its event.
    public var completion: Completion?
    /// What the code waits for now; `nil`: as the execution's last transition said.
    public var waits: WaitSummary?
    /// The queue of the instance.
    public var queue: TaskQueue
    /// Whether the worker keeps the execution (never after its last transition), so that further tasks should come to it.
    public var isResident: Bool

    public struct SettledActivity: Hashable, Sendable {
        public var command: CommandID
        public var lease: ActivityLease
        public var receipt: TaskReceipt?

        public init(command: CommandID, lease: ActivityLease, receipt: TaskReceipt?) {
            self.command = command
            self.lease = lease
            self.receipt = receipt
        }
    }

    public struct NewActivity: Hashable, Sendable {
        public var scheduled: EventBody.ActivityScheduled
        /// Whether it is leased to the committing worker, which runs it at once, rather than queued.
        public var isEager: Bool

        public init(scheduled: EventBody.ActivityScheduled, isEager: Bool) {
            self.scheduled = scheduled
            self.isEager = isEager
        }
    }

    public init(
        id: String,
        worker: WorkerID,
        instance: InstanceID,
        execution: ExecutionID,
        expectedLength: Int,
        events: [Event],
        queue: TaskQueue,
        receipt: TaskReceipt? = nil,
        consumedInputs: Int = 0,
        settled: [SettledActivity] = [],
        activities: [NewActivity] = [],
        timers: [EventBody.TimerScheduled] = [],
        cancelledTimers: [CommandID] = [],
        subWorkflows: [EventBody.SubWorkflowScheduled] = [],
        cancelledSubWorkflows: [CommandID] = [],
        signals: [EventBody.SignalScheduled] = [],
        completion: Completion? = nil,
        waits: WaitSummary? = nil,
        isResident: Bool = true
    ) {
        self.id = id
        self.worker = worker
        self.instance = instance
        self.execution = execution
        self.expectedLength = expectedLength
        self.events = events
        self.queue = queue
        self.receipt = receipt
        self.consumedInputs = consumedInputs
        self.settled = settled
        self.activities = activities
        self.timers = timers
        self.cancelledTimers = cancelledTimers
        self.subWorkflows = subWorkflows
        self.cancelledSubWorkflows = cancelledSubWorkflows
        self.signals = signals
        self.completion = completion
        self.waits = waits
        self.isResident = isResident
    }
}

/// What became of a transition.
public enum CommitOutcome: Hashable, Sendable {
    /// It is in the history. With a receipt: `inputs` are those that came in the meantime; if there are any the worker
    /// still holds the task and goes on with them, otherwise the task is done.
    case committed(inputs: [DeliveredInput])
    /// The execution is not as expected: somebody else moved it, it has ended, or this worker lost its lease.
    /// Nothing was written.
    case conflict
}
