public import AloftCore

/// How an activity is run.
public struct ActivityOptions: Sendable {
    /// Where it runs; `nil`: on the queue of the instance.
    public var queue: TaskQueue?
    /// When it is tried again.
    public var retry: RetryPolicy

    public init(queue: TaskQueue? = nil, retry: RetryPolicy = .default) {
        self.queue = queue
        self.retry = retry
    }
}

extension WorkflowContext {
    /// Runs an activity and returns its result.
    ///
    /// Cancelling the calling task does not stop an activity that has been scheduled: it runs to its end and its outcome is
    /// returned. In a task that is cancelled already it is not scheduled.
    ///
    /// - Throws: `ActivityError` with what the activity threw last, `TimeoutError`, `CrashError`, `CancellationError`, or
    ///   `PayloadError` if a value does not encode or decode or is too large.
    public func activity<A: Activity>(
        _ type: A.Type,
        _ input: A.Input,
        options: ActivityOptions = ActivityOptions(),
        fileID: StaticString = #fileID,
        line: UInt = #line
    ) async throws -> A.Output {
        try await activity(
            ActivityReference<A.Input, A.Output>(A.name),
            input,
            options: options,
            fileID: fileID,
            line: line
        )
    }

    /// Runs an activity that takes no input.
    public func activity<A: Activity>(
        _ type: A.Type,
        options: ActivityOptions = ActivityOptions(),
        fileID: StaticString = #fileID,
        line: UInt = #line
    ) async throws -> A.Output where A.Input == Void {
        try await activity(type, (), options: options, fileID: fileID, line: line)
    }

    /// Runs an activity that is known by name and types.
    public func activity<Input, Output>(
        _ reference: ActivityReference<Input, Output>,
        _ input: Input,
        options: ActivityOptions = ActivityOptions(),
        fileID: StaticString = #fileID,
        line: UInt = #line
    ) async throws -> Output {
        let result = try await execution.runActivity(
            name: reference.name,
            input: try execution.coder.encode(input),
            queue: options.queue,
            retry: options.retry,
            type: Input.self,
            at: SourceLocation(fileID: fileID, line: line)
        )
        return try execution.coder.decode(Output.self, from: result)
    }
}
