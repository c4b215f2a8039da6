/// Where a store keeps the entry that a task came from; opaque to everyone else.
public struct TaskReceipt: Hashable, Sendable {
    /// The store's name of the place: a stream key.
    public var place: String
    /// The entry there.
    public var entry: String

    public init(place: String, entry: String) {
        self.place = place
        self.entry = entry
    }

    // By bytes, as stores compare names: two queues whose names look alike are two, and may have equal entries.
    public static func == (left: TaskReceipt, right: TaskReceipt) -> Bool {
        left.entry == right.entry && left.place.utf8.elementsEqual(right.place.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(entry)
        var place = place
        place.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

/// An input on its way to an instance, with the moment at which the store accepted it.
public struct DeliveredInput: Hashable, Sendable {
    public var timestamp: Timestamp
    public var body: EventBody

    public init(timestamp: Timestamp, body: EventBody) {
        self.timestamp = timestamp
        self.body = body
    }
}

/// The right to move an instance forward: it has inputs, and nobody else holds this task.
public struct WorkflowTask: Hashable, Sendable {
    public var instance: InstanceID
    public var execution: ExecutionID
    public var receipt: TaskReceipt
    /// The first inputs of the inbox, where the store sent them along to save a ``WorkflowStore/load(_:)``. Empty:
    /// load. They may be used if the execution is resident, or if the first of them is `started`.
    public var inputs: [DeliveredInput]
    /// Since when it has been on its queue; `nil` if the store does not tell.
    public var queuedAt: Timestamp?

    public init(
        instance: InstanceID,
        execution: ExecutionID,
        receipt: TaskReceipt,
        inputs: [DeliveredInput] = [],
        queuedAt: Timestamp? = nil
    ) {
        self.instance = instance
        self.execution = execution
        self.receipt = receipt
        self.inputs = inputs
        self.queuedAt = queuedAt
    }
}

/// Everything that is needed to rebuild an execution and to go on.
public struct LoadedExecution: Hashable, Sendable {
    public var state: InstanceState
    /// The whole history, without gaps.
    public var history: [Event]
    /// The head of the inbox: what has arrived and is not in the history.
    public var inbox: [DeliveredInput]

    public init(state: InstanceState, history: [Event], inbox: [DeliveredInput]) {
        self.state = state
        self.history = history
        self.inbox = inbox
    }
}

/// One attempt at one activity.
public struct ActivityTask: Hashable, Sendable {
    public var instance: InstanceID
    public var execution: ExecutionID
    public var scheduled: EventBody.ActivityScheduled
    /// The queue it is on.
    public var queue: TaskQueue
    public var lease: ActivityLease
    /// The stream entry it came from; `nil` when it was leased with the transition that scheduled it.
    public var receipt: TaskReceipt?
    /// Since when it has been on its queue; `nil` if the store does not tell.
    public var queuedAt: Timestamp?

    public init(
        instance: InstanceID,
        execution: ExecutionID,
        scheduled: EventBody.ActivityScheduled,
        queue: TaskQueue,
        lease: ActivityLease,
        receipt: TaskReceipt?,
        queuedAt: Timestamp? = nil
    ) {
        self.instance = instance
        self.execution = execution
        self.scheduled = scheduled
        self.queue = queue
        self.lease = lease
        self.receipt = receipt
        self.queuedAt = queuedAt
    }
}

/// Which try at an activity an outcome belongs to. The store accepts an outcome only for the try it knows of.
public struct ActivityLease: Hashable, Sendable {
    /// Counted from 1; grows when an attempt fails.
    public var attempt: Int
    /// Counted from 1 within the attempt; grows when a worker died with it.
    public var delivery: Int

    public init(attempt: Int = 1, delivery: Int = 1) {
        self.attempt = attempt
        self.delivery = delivery
    }
}

/// How an attempt at an activity ended.
public enum ActivityOutcome: Hashable, Sendable {
    case completed(Payload)
    /// For good: goes to the workflow.
    case failed(Failure)
    /// To be tried again after a delay; the workflow learns nothing of it.
    case retry(after: Duration, Failure)
}
