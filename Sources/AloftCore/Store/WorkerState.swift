/// A worker that is alive, as far as the store knows: what it serves, and how much it has in hand.
public struct WorkerState: Hashable, Sendable {
    public var registration: WorkerRegistration
    /// When it registered; `nil` if the store was written by a version that did not note it.
    public var since: Timestamp?
    /// When it last said that it is alive. Once that is longer ago than ``WorkflowStore/leaseDuration``, others take over.
    public var lastBeat: Timestamp
    /// How many instances it has in memory, or runs activities of that came to it with the transition that scheduled them.
    public var instances: Int
    /// How many workflow tasks and activities it took from queues and has not ended.
    public var tasks: Int

    public init(
        registration: WorkerRegistration,
        since: Timestamp?,
        lastBeat: Timestamp,
        instances: Int = 0,
        tasks: Int = 0
    ) {
        self.registration = registration
        self.since = since
        self.lastBeat = lastBeat
        self.instances = instances
        self.tasks = tasks
    }
}

/// Something that a worker has in hand.
public struct HeldWork: Hashable, Sendable {
    public var instance: InstanceID
    /// The activity that it took from a queue; `nil`: the instance is in its memory, or its workflow task is.
    public var command: CommandID?

    public init(instance: InstanceID, command: CommandID? = nil) {
        self.instance = instance
        self.command = command
    }
}
