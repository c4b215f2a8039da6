internal import AloftCore

extension WorkflowContext {
    /// Starts something as a task of its own, to be awaited later, by any task of the workflow.
    ///
    /// The body begins when the calling task next waits. Cancelling the instance cancels it, unless it was started inside of
    /// ``shielded(_:)``; cancelling the calling task does not. In a task that is cancelled already it is not run, and the future
    /// fails with `CancellationError`. If the workflow ends first, the body is left behind where it is.
    @discardableResult
    public func future<Value: Sendable>(
        fileID: StaticString = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable () async throws -> Value
    ) -> WorkflowFuture<Value> {
        execution.startFuture(at: SourceLocation(fileID: fileID, line: line), body)
    }

    /// Makes a future that the workflow settles itself.
    public func promise<Value: Sendable>(
        of type: Value.Type = Value.self,
        fileID: StaticString = #fileID,
        line: UInt = #line
    ) -> WorkflowPromise<Value> {
        let location = SourceLocation(fileID: fileID, line: line)
        return WorkflowPromise(future: WorkflowFuture(execution: execution, at: location))
    }

    /// Makes a channel between tasks of the workflow.
    ///
    /// As many values as the capacity are kept for receivers that are not there yet. With 0 or less, a sender waits for its
    /// receiver.
    public func channel<Value: Sendable>(
        of type: Value.Type = Value.self,
        capacity: Int = 0,
        fileID: StaticString = #fileID,
        line: UInt = #line
    ) -> Channel<Value> {
        Channel(execution: execution, capacity: capacity, at: SourceLocation(fileID: fileID, line: line))
    }

    /// Makes a wait group, at zero.
    public func waitGroup() -> WaitGroup { WaitGroup(execution: execution) }
}
