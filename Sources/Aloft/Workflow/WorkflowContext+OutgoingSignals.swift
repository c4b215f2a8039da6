public import AloftCore

extension WorkflowContext {
    /// Sends a signal to another instance, and waits until it is in its inbox.
    ///
    /// A task that is cancelled meanwhile goes on waiting; one that is cancelled already sends nothing.
    /// - Throws: `SignalError` if it was refused: there is no such instance, it has finished, or it takes no more;
    ///   `CancellationError`; `PayloadError` if the value does not encode or is too large; `StoreError` if a name cannot be
    ///   used.
    public func signal<Value>(
        _ instance: InstanceID,
        _ signal: Signal<Value>,
        _ value: Value,
        fileID: StaticString = #fileID,
        line: UInt = #line
    ) async throws {
        try await execution.send(
            signal: signal.name,
            try execution.coder.encode(value),
            type: Value.self,
            to: instance,
            at: SourceLocation(fileID: fileID, line: line)
        )
    }

    /// Sends another instance a signal that carries no value.
    public func signal(
        _ instance: InstanceID,
        _ signal: Signal<Void>,
        fileID: StaticString = #fileID,
        line: UInt = #line
    ) async throws {
        try await self.signal(instance, signal, (), fileID: fileID, line: line)
    }
}
