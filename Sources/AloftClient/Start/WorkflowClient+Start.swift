public import AloftCore
internal import Tracing

extension WorkflowClient {
    /// Starts an instance.
    ///
    /// - Parameters:
    ///   - workflow: Its name and types.
    ///   - id: The id of the instance; random unless you choose one, which makes the start idempotent for your business.
    ///   - queue: Whose workers run it.
    ///   - options: When it begins, how long it may take, and what to do if the id is in use.
    /// - Throws: `StoreError`; code `instanceAlreadyExists` if the id is in use and the policies do not allow for it,
    ///   `payloadTooLarge`, `invalidIdentifier`. `PayloadError` if the input does not encode.
    @discardableResult
    public func start<Input, Output>(
        _ workflow: WorkflowReference<Input, Output>,
        _ input: Input,
        id: InstanceID = .random(),
        queue: TaskQueue = .default,
        options: StartOptions = StartOptions()
    ) async throws -> InstanceHandle<Output> {
        try await start(workflow, input, id: id, queue: queue, options: options, signal: nil)
    }

    /// Starts an instance of a workflow that takes no input.
    @discardableResult
    public func start<Output>(
        _ workflow: WorkflowReference<Void, Output>,
        id: InstanceID = .random(),
        queue: TaskQueue = .default,
        options: StartOptions = StartOptions()
    ) async throws -> InstanceHandle<Output> {
        try await start(workflow, (), id: id, queue: queue, options: options)
    }

    /// Sends a signal to the open instance of an id, or starts one that finds the signal waiting for it; in one step, so that
    /// no other client comes between.
    ///
    /// - Parameters:
    ///   - signalID: Makes sending idempotent: of all signals to this instance with the same id one arrives.
    ///   - options: Here an open instance is never an error: the default conflict policy stands for
    ///     ``IDConflictPolicy/useExisting``.
    /// - Throws: As `start`; also code `inboxFull`.
    @discardableResult
    public func signalWithStart<Input, Output, Value>(
        _ workflow: WorkflowReference<Input, Output>,
        _ input: Input,
        signal: Signal<Value>,
        _ value: Value,
        signalID: String? = nil,
        id: InstanceID,
        queue: TaskQueue = .default,
        options: StartOptions = StartOptions()
    ) async throws -> InstanceHandle<Output> {
        var options = options
        if options.conflictPolicy == .fail { options.conflictPolicy = .useExisting }
        let initial = InitialSignal(name: signal.name, payload: try coder.encode(value), id: signalID)
        return try await start(workflow, input, id: id, queue: queue, options: options, signal: initial)
    }

    /// Signal-with-start for a workflow that takes no input.
    @discardableResult
    public func signalWithStart<Output, Value>(
        _ workflow: WorkflowReference<Void, Output>,
        signal: Signal<Value>,
        _ value: Value,
        signalID: String? = nil,
        id: InstanceID,
        queue: TaskQueue = .default,
        options: StartOptions = StartOptions()
    ) async throws -> InstanceHandle<Output> {
        try await signalWithStart(
            workflow,
            (),
            signal: signal,
            value,
            signalID: signalID,
            id: id,
            queue: queue,
            options: options
        )
    }

    private func start<Input, Output>(
        _ workflow: WorkflowReference<Input, Output>,
        _ input: Input,
        id: InstanceID,
        queue: TaskQueue,
        options: StartOptions,
        signal: InitialSignal?
    ) async throws -> InstanceHandle<Output> {
        let start = InstanceStart(
            instance: id,
            workflow: workflow.name,
            queue: queue,
            input: try coder.encode(input),
            retention: options.retention,
            moment: options.moment,
            executionTimeout: options.executionTimeout,
            memo: options.memo,
            conflictPolicy: options.conflictPolicy,
            reusePolicy: options.reusePolicy,
            signal: signal
        )
        try await self.start(start)
        return handle(id)
    }

    /// Starts what was put together elsewhere, in a span and with the headers that carry it on.
    ///
    /// - Throws: As `start`.
    @discardableResult
    package func start(_ start: InstanceStart) async throws -> StartOutcome {
        var start = start
        return try await telemetry.withSpan(
            SpanName.start(start.workflow),
            ofKind: .producer,
            attributes: [
                SpanKey.instance: "\(start.instance)", SpanKey.workflow: "\(start.workflow)",
                SpanKey.queue: "\(start.queue)",
            ]
        ) { headers in
            start.headers = headers
            start.signal?.headers = headers
            let outcome = try await store.start(start)
            if case .exists(let state) = outcome { try start.checkJoining(state) }
            return outcome
        }
    }
}

extension InstanceStart {
    /// Whether the instance that is there already may stand for the one that was to be started.
    package func checkJoining(_ state: InstanceState) throws(StoreError) {
        guard joins(state) else {
            let isOpen = !state.status.isFinished
            throw StoreError(
                .instanceAlreadyExists,
                "instance \(instance) exists: \(state.workflow), \(state.status)"
                    + "\(isOpen ? ", started at \(state.createdAt.date)" : ""); choose another id, or another "
                    + "\(isOpen ? "conflictPolicy" : "reusePolicy") to join or to replace it"
            )
        }
        guard state.workflow.utf8.elementsEqual(workflow.utf8) else {
            throw StoreError(
                .instanceAlreadyExists,
                "instance \(instance) runs \(state.workflow), not \(workflow); choose another id"
            )
        }
    }

    private func joins(_ state: InstanceState) -> Bool {
        state.status.isFinished ? reusePolicy == .useExisting : conflictPolicy == .useExisting
    }
}
