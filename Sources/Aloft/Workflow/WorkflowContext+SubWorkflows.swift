public import AloftCore

extension WorkflowContext {
    /// Whom the instance belongs to, if it is a sub-workflow.
    public var parent: ParentLink? { execution.parent }

    /// Runs a workflow as an instance of its own, and returns its result.
    ///
    /// Cancelling the calling task, or the instance, asks the sub-workflow to cancel; the call goes on waiting until it has
    /// ended, and returns its result if it completed nevertheless. In a task that is cancelled already nothing is started.
    ///
    /// - Throws: `SubWorkflowError` if it ended in another way than by completing, or if its id is used by another open
    ///   instance; `CancellationError` if the calling task was cancelled and it ended by that; `PayloadError` if a value does
    ///   not encode or decode or is too large; `StoreError` if a name cannot be used.
    public func subWorkflow<W: Workflow>(
        _ type: W.Type,
        _ input: W.Input,
        options: SubWorkflowOptions = SubWorkflowOptions(),
        fileID: StaticString = #fileID,
        line: UInt = #line
    ) async throws -> W.Output {
        try await subWorkflow(WorkflowReference(type), input, options: options, fileID: fileID, line: line)
    }

    /// Runs a workflow that takes no input.
    public func subWorkflow<W: Workflow>(
        _ type: W.Type,
        options: SubWorkflowOptions = SubWorkflowOptions(),
        fileID: StaticString = #fileID,
        line: UInt = #line
    ) async throws -> W.Output where W.Input == Void {
        try await subWorkflow(WorkflowReference(type), (), options: options, fileID: fileID, line: line)
    }

    /// Runs a workflow that is known by name and types.
    public func subWorkflow<Input, Output>(
        _ reference: WorkflowReference<Input, Output>,
        _ input: Input,
        options: SubWorkflowOptions = SubWorkflowOptions(),
        fileID: StaticString = #fileID,
        line: UInt = #line
    ) async throws -> Output {
        try await startSubWorkflow(reference, input, options: options, fileID: fileID, line: line)
            .result(fileID: fileID, line: line)
    }

    /// Runs a workflow that is known by name and takes no input.
    public func subWorkflow<Output>(
        _ reference: WorkflowReference<Void, Output>,
        options: SubWorkflowOptions = SubWorkflowOptions(),
        fileID: StaticString = #fileID,
        line: UInt = #line
    ) async throws -> Output {
        try await subWorkflow(reference, (), options: options, fileID: fileID, line: line)
    }
}

// Starting without waiting.
extension WorkflowContext {
    /// Starts a workflow as an instance of its own, and returns at once.
    ///
    /// Cancelling the instance asks it to cancel, whether somebody waits for it or not, unless it was started inside
    /// ``shielded(_:)``. Whether its id was free is told by its result.
    ///
    /// - Throws: `CancellationError` in a task that is cancelled; `PayloadError` if the input does not encode or is too large;
    ///   `StoreError` if a name cannot be used.
    public func startSubWorkflow<W: Workflow>(
        _ type: W.Type,
        _ input: W.Input,
        options: SubWorkflowOptions = SubWorkflowOptions(),
        fileID: StaticString = #fileID,
        line: UInt = #line
    ) async throws -> SubWorkflowHandle<W.Output> {
        try await startSubWorkflow(WorkflowReference(type), input, options: options, fileID: fileID, line: line)
    }

    /// Starts a workflow that takes no input.
    public func startSubWorkflow<W: Workflow>(
        _ type: W.Type,
        options: SubWorkflowOptions = SubWorkflowOptions(),
        fileID: StaticString = #fileID,
        line: UInt = #line
    ) async throws -> SubWorkflowHandle<W.Output> where W.Input == Void {
        try await startSubWorkflow(WorkflowReference(type), (), options: options, fileID: fileID, line: line)
    }

    /// Starts a workflow that is known by name and types.
    public func startSubWorkflow<Input, Output>(
        _ reference: WorkflowReference<Input, Output>,
        _ input: Input,
        options: SubWorkflowOptions = SubWorkflowOptions(),
        fileID: StaticString = #fileID,
        line: UInt = #line
    ) async throws -> SubWorkflowHandle<Output> {
        let child = try await execution.startSubWorkflow(
            reference.name,
            input: try execution.coder.encode(input),
            type: Input.self,
            options: options,
            at: SourceLocation(fileID: fileID, line: line)
        )
        return SubWorkflowHandle(execution: execution, child: child)
    }

    /// Starts a workflow that is known by name and takes no input.
    public func startSubWorkflow<Output>(
        _ reference: WorkflowReference<Void, Output>,
        options: SubWorkflowOptions = SubWorkflowOptions(),
        fileID: StaticString = #fileID,
        line: UInt = #line
    ) async throws -> SubWorkflowHandle<Output> {
        try await startSubWorkflow(reference, (), options: options, fileID: fileID, line: line)
    }
}
