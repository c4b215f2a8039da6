internal import AloftCore

extension Execution {
    /// A task that waits for an activity's outcome.
    struct ActivityWait {
        let name: String
        let mark: WaitMark
        let continuation: UnsafeContinuation<Payload, any Error>
    }

    /// Schedules an activity and waits for its outcome.
    ///
    /// A cancelled caller goes on waiting: the activity runs to its end, and its result is the caller's.
    func runActivity(
        name: String,
        input: Payload,
        queue: TaskQueue?,
        retry: RetryPolicy,
        type: Any.Type = Payload.self,
        startToCloseTimeout: Duration? = nil,
        at location: SourceLocation
    ) async throws -> Payload {
        try await enter()
        try IdentifierRules.check(name, subject: "activity name")
        try queue?.validated()
        try admit(input.bytes.count, of: type, as: "the input of activity \(name)", at: location)
        let command = nextCommand()
        try produce(
            .activityScheduled(
                EventBody.ActivityScheduled(
                    command: command,
                    name: name,
                    queue: queue,
                    input: input,
                    retry: retry,
                    startToCloseTimeout: startToCloseTimeout,
                    headers: currentHeaders()
                )
            ),
            at: location
        )
        return try await withUnsafeThrowingContinuation { continuation in
            activities[command] = ActivityWait(
                name: name,
                mark: markWait(at: location),
                continuation: continuation
            )
        }
    }

    func fail(activity command: CommandID, _ failure: Failure) {
        guard let wait = activities.removeValue(forKey: command) else { return }
        let error: any Error =
            switch failure.kind {
            case .crash: CrashError(activity: wait.name, failure: failure)
            case .timeout: TimeoutError(failure, subject: "activity \(wait.name)")
            default: ActivityError(activity: wait.name, failure: failure, coder: coder)
            }
        wait.continuation.resume(throwing: error)
    }
}
