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

    public init(_ state: InstanceState) {
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
    }

    public var isOpen: Bool { status == InstanceStatus.running.rawValue }

    /// From its start to its end, or to `now`.
    public func duration(until now: Timestamp) -> Duration { (finishedAt?.timestamp ?? now) - startedAt.timestamp }
}
