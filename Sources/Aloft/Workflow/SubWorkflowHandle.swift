public import AloftCore

/// A sub-workflow that was started, in the hands of its parent.
public struct SubWorkflowHandle<Output: Sendable>: Sendable {
    let execution: Execution
    let child: SubWorkflow

    /// Its id.
    public var instance: InstanceID { child.instance }

    /// Waits for its end and returns its result; as often as one likes, from several tasks.
    ///
    /// Cancelling the calling task asks the sub-workflow to cancel and goes on waiting until it has ended. If it completes
    /// nevertheless, its result is returned.
    /// - Throws: `SubWorkflowError` if it ended in another way, or if its id is used by another open instance;
    ///   `CancellationError` if it was cancelled and so was the calling task; `PayloadError` if the result does not decode.
    public func result(fileID: StaticString = #fileID, line: UInt = #line) async throws -> Output {
        let payload = try await execution.result(of: child, at: SourceLocation(fileID: fileID, line: line))
        return try execution.coder.decode(Output.self, from: payload)
    }

    /// Sends it a signal. See ``WorkflowContext/signal(_:_:_:fileID:line:)``.
    public func signal<Value>(
        _ signal: Signal<Value>,
        _ value: Value,
        fileID: StaticString = #fileID,
        line: UInt = #line
    ) async throws {
        let context = WorkflowContext(execution: execution)
        try await context.signal(instance, signal, value, fileID: fileID, line: line)
    }

    /// Sends it a signal that carries no value.
    public func signal(
        _ signal: Signal<Void>,
        fileID: StaticString = #fileID,
        line: UInt = #line
    ) async throws {
        try await self.signal(signal, (), fileID: fileID, line: line)
    }

    /// Asks it to cancel, and does not wait for that. A second request changes nothing, nor does one after its end.
    ///
    /// Works in a cancelled task too.
    public func cancel(fileID: StaticString = #fileID, line: UInt = #line) async throws {
        try await execution.enter(.always)
        execution.cancel(subWorkflow: child, at: SourceLocation(fileID: fileID, line: line))
    }
}
