@_exported public import AloftCore

/// Starts, awaits, signals and cancels instances. Cheap to make and to share; keeps no state.
public struct WorkflowClient: Sendable {
    public let store: any WorkflowStore
    let coder: PayloadCoder

    /// - Parameters:
    ///   - store: Where the instances live. The client neither starts nor stops it.
    ///   - coder: Must decode what the workers encode.
    public init(store: any WorkflowStore, coder: PayloadCoder = PayloadCoder()) {
        self.store = store
        self.coder = coder
    }

    /// Starts an instance.
    ///
    /// - Parameters:
    ///   - workflow: Its name and types.
    ///   - id: The id of the instance; random unless you choose one, which makes the start idempotent for your business.
    ///   - queue: Whose workers run it.
    ///   - options: Retention and what to do if the id is in use.
    /// - Throws: `StoreError`; code `instanceAlreadyExists` if the id is in use. `PayloadError` if the input does not
    ///   encode.
    @discardableResult
    public func start<Input, Output>(
        _ workflow: WorkflowReference<Input, Output>,
        _ input: Input,
        id: InstanceID = .random(),
        queue: TaskQueue = .default,
        options: StartOptions = StartOptions()
    ) async throws -> InstanceHandle<Output> {
        let start = InstanceStart(
            instance: id,
            workflow: workflow.name,
            queue: queue,
            input: try coder.encode(input),
            retention: options.retention
        )
        switch try await store.start(start) {
        case .started: break
        case .exists(let state):
            guard options.ifExists == .use else {
                throw StoreError(
                    .instanceAlreadyExists,
                    "instance \(id) exists: \(state.workflow), \(state.status); choose another id, or start with "
                        + "ifExists: .use to attach to it"
                )
            }
            guard state.workflow == workflow.name else {
                throw StoreError(
                    .instanceAlreadyExists,
                    "instance \(id) runs \(state.workflow), not \(workflow.name); choose another id"
                )
            }
        }
        return handle(id)
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

    /// The handle of an instance that exists, or may exist. Asks nobody.
    public func handle<Output: Sendable>(
        _ instance: InstanceID,
        returning output: Output.Type = Output.self
    ) -> InstanceHandle<Output> {
        InstanceHandle(instance: instance, store: store, coder: coder)
    }
}

/// How an instance is started.
public struct StartOptions: Sendable {
    /// What to do if an instance of that id is there already.
    public enum ExistingInstance: Sendable {
        /// Throw `instanceAlreadyExists`.
        case fail
        /// Return the handle of the one that is there, open or finished, if it runs the same workflow.
        case use
    }

    /// How long it is kept after it has finished; `nil`: as the store is set.
    public var retention: Duration?
    public var ifExists: ExistingInstance

    public init(retention: Duration? = nil, ifExists: ExistingInstance = .fail) {
        self.retention = retention
        self.ifExists = ifExists
    }
}
