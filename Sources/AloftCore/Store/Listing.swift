/// Which instances to list. A condition that is not set holds for all.
public struct InstanceFilter: Hashable, Sendable {
    /// One of these; empty: any.
    public var statuses: Set<InstanceStatus>
    /// The registered name of the workflow.
    public var workflow: String?
    public var queue: TaskQueue?
    /// Started at or after this moment.
    public var createdAfter: Timestamp?
    /// Started before this moment.
    public var createdBefore: Timestamp?
    /// Whether it is quarantined; see ``InstanceState/isQuarantined``.
    public var isQuarantined: Bool?
    /// What its id begins with, byte by byte; empty: any.
    public var idPrefix: String

    public init(
        statuses: Set<InstanceStatus> = [],
        workflow: String? = nil,
        queue: TaskQueue? = nil,
        createdAfter: Timestamp? = nil,
        createdBefore: Timestamp? = nil,
        isQuarantined: Bool? = nil,
        idPrefix: String = ""
    ) {
        self.statuses = statuses
        self.workflow = workflow
        self.queue = queue
        self.createdAfter = createdAfter
        self.createdBefore = createdBefore
        self.isQuarantined = isQuarantined
        self.idPrefix = idPrefix
    }

    package func matches(_ state: InstanceState) -> Bool {
        (statuses.isEmpty || statuses.contains(state.status))
            && (workflow.map { $0.utf8.elementsEqual(state.workflow.utf8) } ?? true)
            && (queue.map { $0 == state.queue } ?? true)
            && (createdAfter.map { state.createdAt >= $0 } ?? true)
            && (createdBefore.map { state.createdAt < $0 } ?? true)
            && (isQuarantined.map { $0 == state.isQuarantined } ?? true)
            && state.instance.rawValue.utf8.starts(with: idPrefix.utf8)
    }
}

/// A place in a list of instances: behind the one that was started at `createdAt` under `instance`.
public struct InstanceCursor: Hashable, Sendable {
    public var createdAt: Timestamp
    public var instance: InstanceID

    public init(createdAt: Timestamp, instance: InstanceID) {
        self.createdAt = createdAt
        self.instance = instance
    }
}

/// A part of a list, newest first; instances that were started in the same millisecond by descending id.
public struct InstancePage: Hashable, Sendable {
    public var instances: [InstanceState]
    /// Where the list goes on; `nil` at its end. A page may hold fewer instances than asked for, even none, and yet not be
    /// the last: a store looks at a bounded number of instances for each.
    public var next: InstanceCursor?

    public init(instances: [InstanceState], next: InstanceCursor?) {
        self.instances = instances
        self.next = next
    }
}

/// What waits in a task queue.
public struct QueueState: Hashable, Sendable {
    public var queue: TaskQueue
    /// Workflow tasks that no worker has taken.
    public var workflowTasks: Int
    /// Activity tasks that no worker has taken; not those that wait for a retry.
    public var activityTasks: Int
    /// Since when the oldest of each has waited.
    public var oldestWorkflowTask: Timestamp?
    public var oldestActivityTask: Timestamp?
    /// Live workers that serve the queue.
    public var workers: Int
    /// How many tasks were put on it; `nil` where the store does not count them. What it counts from is up to the store, so
    /// only the difference of two readings tells something.
    public var addedTasks: Int?

    public init(
        queue: TaskQueue,
        workflowTasks: Int = 0,
        activityTasks: Int = 0,
        oldestWorkflowTask: Timestamp? = nil,
        oldestActivityTask: Timestamp? = nil,
        workers: Int = 0,
        addedTasks: Int? = nil
    ) {
        self.queue = queue
        self.workflowTasks = workflowTasks
        self.activityTasks = activityTasks
        self.oldestWorkflowTask = oldestWorkflowTask
        self.oldestActivityTask = oldestActivityTask
        self.workers = workers
        self.addedTasks = addedTasks
    }
}

/// An activity that was scheduled and has no outcome yet.
public struct PendingActivity: Hashable, Sendable {
    public enum Position: Hashable, Sendable {
        /// On its queue, or with a worker that took it from there.
        case queued
        /// Leased to this worker.
        case running(WorkerID)
        /// Waits for its next attempt.
        case retrying(at: Timestamp)
    }

    public var command: CommandID
    /// The registered name.
    public var name: String
    public var queue: TaskQueue
    /// The attempt that runs or comes next, counted from 1.
    public var attempt: Int
    public var position: Position
    /// How the attempt before ended.
    public var lastFailure: Failure?

    public init(
        command: CommandID,
        name: String,
        queue: TaskQueue,
        attempt: Int,
        position: Position,
        lastFailure: Failure? = nil
    ) {
        self.command = command
        self.name = name
        self.queue = queue
        self.attempt = attempt
        self.position = position
        self.lastFailure = lastFailure
    }
}

/// What a call of bulk removal did.
public struct Removal: Hashable, Sendable {
    public var removed: Int
    /// Whether it stopped at its limit, so that another call is worth while.
    public var isMoreToRemove: Bool

    public init(removed: Int, isMoreToRemove: Bool) {
        self.removed = removed
        self.isMoreToRemove = isMoreToRemove
    }
}

/// What a store takes.
public struct StoreLimits: Hashable, Sendable {
    /// The size of one payload in bytes.
    public var payloadBytes: Int
    /// The number of events in a history.
    public var historyLength: Int

    public init(payloadBytes: Int = 1 << 20, historyLength: Int = 50_000) {
        self.payloadBytes = payloadBytes
        self.historyLength = historyLength
    }
}

/// Some of the activities of an instance.
public struct PendingActivityPage: Hashable, Sendable {
    /// In the order of their commands. May be empty though more follow.
    public var activities: [PendingActivity]
    /// How many the instance has in all.
    public var total: Int
    /// Where the next page begins; `nil`: there is none.
    public var next: CommandID?

    public init(activities: [PendingActivity], total: Int, next: CommandID?) {
        self.activities = activities
        self.total = total
        self.next = next
    }
}
