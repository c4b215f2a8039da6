package import AloftCore

extension Execution {
    /// A task that waits for an activity's outcome.
    struct ActivityWait {
        let name: String
        /// Of what was scheduled.
        let fingerprint: Int
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
        let scheduled = EventBody.ActivityScheduled(
            command: command,
            name: name,
            queue: queue,
            input: input,
            retry: retry,
            startToCloseTimeout: startToCloseTimeout,
            headers: currentHeaders()
        )
        try produce(.activityScheduled(scheduled), at: location)
        return try await withUnsafeThrowingContinuation { continuation in
            activities[command] = ActivityWait(
                name: name,
                fingerprint: scheduled.fingerprint,
                mark: markWait(at: location),
                continuation: continuation
            )
        }
    }

    /// Whether another activity than this one is awaited under its command, or the same with an input that was encoded otherwise.
    package func awaitsAnother(than scheduled: EventBody.ActivityScheduled) -> Bool {
        activities[scheduled.command].map { $0.fingerprint != scheduled.fingerprint } ?? false
    }

    func fail(activity command: CommandID, _ failure: Failure) {
        guard let wait = activities.removeValue(forKey: command) else { return }
        let isLost = failure.kind == .crash || failure.kind == .unknownType
        if isLost, blueprint.metrics != nil, !isSilent { lostActivities.append((wait.name, failure)) }
        let error: any Error =
            switch failure.kind {
            case .crash: CrashError(activity: wait.name, failure: failure)
            case .timeout: TimeoutError(failure, subject: "activity \(wait.name)")
            default: ActivityError(activity: wait.name, failure: failure, coder: coder)
            }
        wait.continuation.resume(throwing: error)
    }

    /// The activities that the store gave up since the last call: workers died with them, or none knows them.
    func takeLostActivities() -> [(name: String, failure: Failure)] {
        guard !lostActivities.isEmpty else { return [] }
        defer { lostActivities = [] }
        return lostActivities
    }
}

extension EventBody.ActivityScheduled {
    /// Of what is to be done. The headers are no part of it: they name a span, which is another on each worker and none on a
    /// replay.
    fileprivate var fingerprint: Int {
        var work = self
        work.headers = [:]
        return work.hashValue
    }
}
