extension WorkflowContext {
    /// Runs clean-up that a cancellation does not reach, and waits for it.
    ///
    /// In the body the task is not cancelled and every call of the context works, also when the instance was cancelled before
    /// or is cancelled meanwhile.
    /// - Throws: What the body throws.
    public func shielded<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await execution.shield(body)
    }

    /// Whether the calling task has been cancelled.
    public var isCancelled: Bool { Task.isCancelled }
}
