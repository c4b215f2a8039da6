internal import AloftCore
internal import Tracing

extension Execution {
    /// A task that waits for a timer.
    struct TimerWait {
        let name: String
        let due: Timestamp
        let setAt: Timestamp
        /// In which it was set, if anything is traced.
        let context: ServiceContext?
        let mark: WaitMark
        let continuation: UnsafeContinuation<Void, any Error>
    }

    /// Waits until a moment of the execution's clock; one that is not in the future is no wait and leaves no timer.
    func wait(until moment: @autoclosure () -> Timestamp, name: String, at location: SourceLocation) async throws {
        try await enter()
        try IdentifierRules.check(name, subject: "timer name")
        let due = moment()
        guard due > now else { return }
        let command = nextCommand()
        try produce(
            .timerScheduled(EventBody.TimerScheduled(command: command, name: name, due: due)),
            at: location
        )
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                let mark = markWait(at: location)
                timers[command] = TimerWait(
                    name: name,
                    due: due,
                    setAt: now,
                    context: telemetry.isOn ? ServiceContext.current : nil,
                    mark: mark,
                    continuation: continuation
                )
            }
        } onCancel: {
            self.cancel(timer: command, at: location)
        }
    }

    /// A timer that fired while it was being cancelled finds nobody waiting.
    func fire(timer command: CommandID) {
        guard let wait = timers.removeValue(forKey: command) else { return }
        traceTimer(wait)
        if blueprint.metrics != nil, !isSilent { lateness.append(now - wait.due) }
        wait.continuation.resume()
    }

    /// How late the timers fired since the last call.
    func takeLateness() -> [Duration] {
        guard !lateness.isEmpty else { return [] }
        defer { lateness = [] }
        return lateness
    }

    /// For how long it has run, by the clock that its code sees.
    var age: Duration { now - startedAt }

    private func cancel(timer command: CommandID, at location: SourceLocation) {
        guard executor.isCurrent, case .running = phase,
            let continuation = timers.removeValue(forKey: command)?.continuation
        else { return }
        do throws(TaskFailure) {
            try record(.timerCancelled(command), at: location)
            continuation.resume(throwing: CancellationError())
        } catch {
            continuation.resume(throwing: ExecutionHalted())
        }
    }
}
