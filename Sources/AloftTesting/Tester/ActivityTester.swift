public import Aloft
public import AloftCore
public import Logging
internal import Synchronization

/// Runs one activity as a worker would, with a context of the test's choice.
///
/// ```swift
/// let tester = ActivityTester(attempt: 3)
/// let receipt = try await tester.run(Charge(gateway: .fake), order)
/// #expect(tester.lines.map(\.text) == ["charged"])
/// ```
///
/// Input and output are encoded and decoded on the way, so a type that does not survive that is found.
public struct ActivityTester: Sendable {
    /// Something that an activity logged.
    public struct Line: Sendable {
        public var level: Logger.Level
        public var text: String
        public var metadata: Logger.Metadata
    }

    public var instance: InstanceID
    public var execution: ExecutionID
    public var activity: CommandID
    /// Counted from 1.
    public var attempt: Int
    public var queue: TaskQueue
    public var coder: PayloadCoder
    private let recorder = LogRecorder()

    public init(
        instance: InstanceID = "instance-1",
        execution: ExecutionID = "execution-1",
        activity: CommandID = CommandID(1),
        attempt: Int = 1,
        queue: TaskQueue = .default,
        coder: PayloadCoder = PayloadCoder()
    ) {
        self.instance = instance
        self.execution = execution
        self.activity = activity
        self.attempt = attempt
        self.queue = queue
        self.coder = coder
    }

    /// Everything that was logged, at any level, in order. Shared by all copies of this tester.
    public var lines: [Line] { recorder.lines.withLock { $0 } }

    /// The context of an activity of that name: for code that a test calls itself.
    public func context(for name: String = "activity") -> ActivityContext { context(for: name, .none) }

    /// Runs an activity.
    ///
    /// - Throws: What the activity throws, as it is; `PayloadError` if a value does not encode or decode.
    public func run<A: Activity>(_ activity: A, _ input: A.Input) async throws -> A.Output {
        let payload = try coder.encode(input)
        let output = try await activity.run(context(for: A.name, payload), coder.decode(A.Input.self, from: payload))
        return try coder.decode(A.Output.self, from: coder.encode(output))
    }

    /// Runs an activity that takes no input.
    public func run<A: Activity>(_ activity: A) async throws -> A.Output where A.Input == Void {
        try await run(activity, ())
    }

    private func context(for name: String, _ input: Payload) -> ActivityContext {
        let scheduled = EventBody.ActivityScheduled(
            command: activity,
            name: name,
            queue: nil,
            input: input,
            retry: .default
        )
        let task = ActivityTask(
            instance: instance,
            execution: execution,
            scheduled: scheduled,
            queue: queue,
            lease: ActivityLease(attempt: attempt),
            receipt: nil
        )
        return ActivityContext(task: task, logger: recorder.logger)
    }
}
