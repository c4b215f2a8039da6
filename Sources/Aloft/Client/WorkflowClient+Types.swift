@_exported public import AloftClient

// Starting workflows whose code is at hand.
extension WorkflowClient {
    /// Starts an instance of a workflow. See `start(_:_:id:queue:options:)` of a reference.
    @discardableResult
    public func start<W: Workflow>(
        _ type: W.Type,
        _ input: W.Input,
        id: InstanceID = .random(),
        queue: TaskQueue = .default,
        options: StartOptions = StartOptions()
    ) async throws -> InstanceHandle<W.Output> {
        try await start(WorkflowReference(type), input, id: id, queue: queue, options: options)
    }

    /// Starts an instance of a workflow that takes no input.
    @discardableResult
    public func start<W: Workflow>(
        _ type: W.Type,
        id: InstanceID = .random(),
        queue: TaskQueue = .default,
        options: StartOptions = StartOptions()
    ) async throws -> InstanceHandle<W.Output> where W.Input == Void {
        try await start(WorkflowReference(type), (), id: id, queue: queue, options: options)
    }

    /// Sends a signal to the open instance of an id, or starts one that finds the signal waiting for it. See
    /// `signalWithStart(_:_:signal:_:signalID:id:queue:options:)` of a reference.
    @discardableResult
    public func signalWithStart<W: Workflow, Value>(
        _ type: W.Type,
        _ input: W.Input,
        signal: Signal<Value>,
        _ value: Value,
        signalID: String? = nil,
        id: InstanceID,
        queue: TaskQueue = .default,
        options: StartOptions = StartOptions()
    ) async throws -> InstanceHandle<W.Output> {
        try await signalWithStart(
            WorkflowReference(type),
            input,
            signal: signal,
            value,
            signalID: signalID,
            id: id,
            queue: queue,
            options: options
        )
    }

    /// Signal-with-start for a workflow that takes no input.
    @discardableResult
    public func signalWithStart<W: Workflow, Value>(
        _ type: W.Type,
        signal: Signal<Value>,
        _ value: Value,
        signalID: String? = nil,
        id: InstanceID,
        queue: TaskQueue = .default,
        options: StartOptions = StartOptions()
    ) async throws -> InstanceHandle<W.Output> where W.Input == Void {
        try await signalWithStart(
            WorkflowReference(type),
            (),
            signal: signal,
            value,
            signalID: signalID,
            id: id,
            queue: queue,
            options: options
        )
    }

    /// The handle of an instance of a workflow. Asks nobody.
    public func handle<W: Workflow>(_ instance: InstanceID, of type: W.Type) -> InstanceHandle<W.Output> {
        handle(instance, returning: W.Output.self)
    }
}
