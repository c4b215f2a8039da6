public import Aloft
public import AloftCore

// Starting instances, and running them to their end.
extension WorkflowTester {
    /// Starts an instance, runs it to its end in virtual time, and returns its result.
    ///
    /// Whatever else can be done at the moment of its end is done, such as the cancelling of its sub-workflows; what is due
    /// later, of other instances and callbacks, is left to ``advance(by:)``.
    ///
    /// ```swift
    /// let receipt = try await tester.run(Fulfilment.self, order, options: StartOptions(moment: .after(.seconds(3600))))
    /// ```
    /// - Parameters:
    ///   - type: The workflow; it need not be registered.
    ///   - id: The id of the instance; `nil`: its name and a number.
    ///   - queue: The queue that the code sees; the tester serves all.
    ///   - options: When it begins, how long it may take, and what to do if the id is in use.
    /// - Throws: `WorkflowError` if the workflow failed or was ended in another way, ``TesterError`` if something is wrong or
    ///   was expected and did not happen, `StoreError` if it cannot be started.
    public func run<W: Workflow>(
        _ type: W.Type,
        _ input: W.Input,
        id: InstanceID? = nil,
        queue: TaskQueue = .default,
        options: StartOptions = StartOptions()
    ) async throws -> W.Output {
        try await start(type, input, id: id, queue: queue, options: options).result()
    }

    /// Runs a workflow that takes no input.
    public func run<W: Workflow>(
        _ type: W.Type,
        id: InstanceID? = nil,
        queue: TaskQueue = .default,
        options: StartOptions = StartOptions()
    ) async throws -> W.Output where W.Input == Void {
        try await start(type, (), id: id, queue: queue, options: options).result()
    }

    /// Runs a workflow that is known by name and types; it must be registered.
    public func run<Input, Output>(
        _ reference: WorkflowReference<Input, Output>,
        _ input: Input,
        id: InstanceID? = nil,
        queue: TaskQueue = .default,
        options: StartOptions = StartOptions()
    ) async throws -> Output {
        try await start(reference, input, id: id, queue: queue, options: options).result()
    }

    /// Starts an instance and runs nothing yet: that do ``TestedInstance/result()`` and ``advance(by:)``.
    ///
    /// - Throws: `StoreError`, code `instanceAlreadyExists` if the policies of the start leave an instance of that id in
    ///   place; `PayloadError`.
    @discardableResult
    public func start<W: Workflow>(
        _ type: W.Type,
        _ input: W.Input,
        id: InstanceID? = nil,
        queue: TaskQueue = .default,
        options: StartOptions = StartOptions()
    ) async throws -> TestedInstance<W.Output> {
        let blueprint = WorkflowBlueprint(type, coder: coder)
        withState { $0.startedTypes[W.name] = blueprint }
        return try await start(WorkflowReference(type), input, id: id, queue: queue, options: options)
    }

    /// Starts an instance of a workflow that takes no input.
    @discardableResult
    public func start<W: Workflow>(
        _ type: W.Type,
        id: InstanceID? = nil,
        queue: TaskQueue = .default,
        options: StartOptions = StartOptions()
    ) async throws -> TestedInstance<W.Output> where W.Input == Void {
        try await start(type, (), id: id, queue: queue, options: options)
    }

    /// Starts an instance of a workflow that is known by name and types; it must be registered.
    @discardableResult
    public func start<Input, Output>(
        _ reference: WorkflowReference<Input, Output>,
        _ input: Input,
        id: InstanceID? = nil,
        queue: TaskQueue = .default,
        options: StartOptions = StartOptions()
    ) async throws -> TestedInstance<Output> {
        let number = withState { $0.nextStart() }
        let start = InstanceStart(
            instance: id ?? "\(reference.name)-\(number)",
            // The seed of all randomness of the code: the same in every run of the test.
            execution: "execution-\(number)",
            workflow: reference.name,
            queue: queue,
            input: try coder.encode(input),
            retention: options.retention,
            moment: options.moment,
            executionTimeout: options.executionTimeout,
            memo: options.memo,
            conflictPolicy: options.conflictPolicy,
            reusePolicy: options.reusePolicy
        )
        if case .exists(let present) = try await store.start(start) { try start.checkJoining(present) }
        withState { state in
            state.serve(start.queue)
            // What a callback starts is not what the test is about.
            if !state.isMoving { state.subject = start.instance }
        }
        return TestedInstance(id: start.instance, tester: self)
    }
}

/// An instance that a test has started.
public struct TestedInstance<Output: Sendable>: Sendable {
    public let id: InstanceID
    let tester: WorkflowTester

    /// Runs everything in virtual time until the instance has ended, and returns its result, as `run` does.
    public func result() async throws -> Output {
        let completion = try await tester.completion(of: id)
        let complaints = tester.takeComplaints()
        guard complaints.isEmpty else {
            let end = completion.failure.map { "\(completion.status), \($0)" } ?? "\(completion.status)"
            throw TesterError(.unmetExpectation, complaints.joined(separator: "; ") + "; instance \(id) ended: \(end)")
        }
        if case .completed(let payload) = completion { return try tester.coder.decode(Output.self, from: payload) }
        throw WorkflowError(
            instance: id,
            status: completion.status,
            failure: completion.failure ?? Failure(type: "Ended", message: "it ended without a result"),
            coder: tester.coder
        )
    }
}

extension Completion {
    var failure: Failure? {
        switch self {
        case .completed, .continuedAsNew: nil
        case .failed(let failure), .cancelled(let failure), .terminated(let failure), .timedOut(let failure): failure
        }
    }
}
