public import AloftCore

/// How a sub-workflow is started.
public struct SubWorkflowOptions: Sendable {
    /// The id of its instance; `nil`: one that follows from the parent's execution, and that nobody else has.
    public var id: InstanceID?
    /// Whose workers run it; `nil`: those of the parent's queue.
    public var queue: TaskQueue?
    /// What becomes of it when the parent ends, or continues as new, before it.
    public var closePolicy: ParentClosePolicy
    /// How long it is kept after it has finished; `nil`: as the store is set.
    public var retention: Duration?
    /// After which time it is ended, its continuations included; `nil`: never.
    public var executionTimeout: Duration?
    /// For people and programs that list instances.
    public var memo: [String: String]

    public init(
        id: InstanceID? = nil,
        queue: TaskQueue? = nil,
        closePolicy: ParentClosePolicy = .cancel,
        retention: Duration? = nil,
        executionTimeout: Duration? = nil,
        memo: [String: String] = [:]
    ) {
        self.id = id
        self.queue = queue
        self.closePolicy = closePolicy
        self.retention = retention
        self.executionTimeout = executionTimeout
        self.memo = memo
    }
}
