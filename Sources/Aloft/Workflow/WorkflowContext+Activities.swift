public import AloftCore

/// How an activity is run.
public struct ActivityOptions: Sendable {
    /// Where it runs; `nil`: on the queue of the instance.
    public var queue: TaskQueue?
    /// When it is tried again.
    public var retry: RetryPolicy
    /// How long one attempt may run; `nil`: without limit.
    ///
    /// The attempt's task is cancelled then and the attempt fails with `TimeoutError`, which counts as any other error: it
    /// is retried by the policy. Time spent in a queue does not count.
    public var startToCloseTimeout: Duration?

    public init(queue: TaskQueue? = nil, retry: RetryPolicy = .default, startToCloseTimeout: Duration? = nil) {
        self.queue = queue
        self.retry = retry
        self.startToCloseTimeout = startToCloseTimeout
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

    /// The calls of the activities of a container, all with the same options.
    ///
    /// ```swift
    /// let payments = context.activities(Payments.self, options: .init(startToCloseTimeout: .seconds(30)))
    /// let receipt = try await payments.charge(card, amount: 10)
    /// ```
    ///
    /// Each call is as `activity(_:_:)`.
    public func activities<Container: ActivityContainer>(
        _ type: Container.Type,
        options: ActivityOptions = ActivityOptions()
    ) -> Container.Stub {
        Container.Stub(ActivityCaller(context: self, options: options))
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
            startToCloseTimeout: options.startToCloseTimeout,
            at: SourceLocation(fileID: fileID, line: line)
        )
        return try execution.coder.decode(Output.self, from: result)
    }
}
