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
    /// When its code begins to run. Signals are taken from now on; a cancel does not wait.
    public var moment: StartMoment
    /// After which time it is ended, its continuations included; counted from `moment`. `nil`: never.
    public var executionTimeout: Duration?
    /// For people and programs that list instances; not seen by workflow code.
    public var memo: [String: String]
    /// What to do if an instance of that id is open.
    public var conflictPolicy: IDConflictPolicy
    /// What to do if an instance of that id has finished and is still retained.
    public var reusePolicy: IDReusePolicy
    /// What crosses from the caller to the workflow.
    public var headers: ContextHeaders
    /// Signal-with-start: delivered to the instance, be it new or, with ``IDConflictPolicy/useExisting``, open already.
    public var signal: InitialSignal?

    public init(
        instance: InstanceID,
        execution: ExecutionID = .random(),
        workflow: String,
        queue: TaskQueue = .default,
        input: Payload,
        retention: Duration? = nil,
        moment: StartMoment = .now,
        executionTimeout: Duration? = nil,
        memo: [String: String] = [:],
        conflictPolicy: IDConflictPolicy = .fail,
        reusePolicy: IDReusePolicy = .reject,
        headers: ContextHeaders = [:],
        signal: InitialSignal? = nil
    ) {
        self.instance = instance
        self.execution = execution
        self.workflow = workflow
        self.queue = queue
        self.input = input
        self.retention = retention
        self.moment = moment
        self.executionTimeout = executionTimeout
        self.memo = memo
        self.conflictPolicy = conflictPolicy
        self.reusePolicy = reusePolicy
        self.headers = headers
        self.signal = signal
    }

    /// The first event of the execution.
    public var event: EventBody { .started(started) }

    /// What the first event says.
    package var started: EventBody.Started {
        EventBody.Started(workflow: workflow, queue: queue, input: input, headers: headers)
    }

    /// Checks every name. - Throws: ``StoreError``.
    public func validate() throws(StoreError) {
        try instance.validated()
        try execution.validated()
        try queue.validated()
        try IdentifierRules.check(workflow, subject: "workflow name")
        if let signal { try IdentifierRules.check(signal.name, subject: "signal name") }
    }
}

/// When a new instance begins to run.
public enum StartMoment: Hashable, Sendable {
    case now
    /// By the clock of the store.
    case after(Duration)
    /// At once if that has passed.
    case at(Timestamp)
}

/// What starting does when an instance of the same id is open.
public enum IDConflictPolicy: Hashable, Sendable, CaseIterable {
    /// It is an error.
    case fail
    /// The open instance is the answer.
    case useExisting
    /// The open instance is terminated, and a new one takes its place.
    case terminateExisting
}

/// What starting does when an instance of the same id has finished and is still retained.
public enum IDReusePolicy: Hashable, Sendable, CaseIterable {
    /// It is an error: an id stands for one piece of work.
    case reject
    /// The finished instance is the answer: its handle tells the result.
    case useExisting
    /// A new instance takes its place unless it completed.
    case allowIfFailed
    /// A new instance takes its place.
    case allow
}

/// A signal that comes with a start.
public struct InitialSignal: Hashable, Sendable {
    public var name: String
    public var payload: Payload
    /// Makes the delivery idempotent, for as long as ``DeliveryMemory`` says.
    public var id: String?

    /// What crosses from the sender to the workflow.
    public var headers: ContextHeaders

    public init(name: String, payload: Payload, id: String? = nil, headers: ContextHeaders = [:]) {
        self.name = name
        self.payload = payload
        self.id = id
        self.headers = headers
    }

    public var event: EventBody { .signalReceived(name: name, payload, headers: headers) }
}

/// What starting did. An id in use is not an error here: the caller decides by its policies.
public enum StartOutcome: Hashable, Sendable {
    /// This call, or an earlier try of it with the same execution id, started the instance.
    case started
    /// An instance of that id is there already and the policies leave it in place; but for a signal that was to go with the
    /// start, nothing was changed.
    case exists(InstanceState)
}
