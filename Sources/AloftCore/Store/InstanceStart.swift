/// A new instance, as a client asks for it.
public struct InstanceStart: Hashable, Sendable {
    public var instance: InstanceID
    /// Chosen by the caller, so that a start that is repeated after a lost answer is recognised.
    public var execution: ExecutionID
    public var workflow: String
    public var queue: TaskQueue
    public var input: Payload
    /// How long it is kept after it has finished; `nil`: as the store is set.
    public var retention: Duration?

    public init(
        instance: InstanceID,
        execution: ExecutionID = .random(),
        workflow: String,
        queue: TaskQueue = .default,
        input: Payload,
        retention: Duration? = nil
    ) {
        self.instance = instance
        self.execution = execution
        self.workflow = workflow
        self.queue = queue
        self.input = input
        self.retention = retention
    }

    /// The first event of the execution.
    public var event: EventBody {
        .started(EventBody.Started(workflow: workflow, queue: queue, input: input))
    }

    /// Checks every name. - Throws: ``StoreError``.
    public func validate() throws(StoreError) {
        try instance.validated()
        try execution.validated()
        try queue.validated()
        try IdentifierRules.check(workflow, subject: "workflow name")
    }
}

/// What starting did. An id in use is not an error here: the caller decides by its policy.
public enum StartOutcome: Hashable, Sendable {
    /// This call, or an earlier try of it with the same execution id, started the instance.
    case started
    /// An instance of that id is there already, open or finished and still retained; nothing was changed.
    case exists(InstanceState)
}
