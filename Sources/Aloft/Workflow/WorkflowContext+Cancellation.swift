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

    /// Why the instance was asked to cancel; `nil` if it was not.
    ///
    /// Empty if no reason was given, or while the code does not know it yet: an instance that was cancelled before its code
    /// ran begins without it.
    public var cancellationReason: String? {
        execution.isCancelRequested ? execution.cancellationReason : nil
    }
}
