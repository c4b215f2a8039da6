internal import AloftCore

// Futures, channels and the like belong to one execution: only its own tasks may touch them.
extension Execution {
    /// The execution whose code runs. Tasks inherit it, those included that leave the executor.
    @TaskLocal static var current: Execution?

    /// The execution, if it is another, whose code makes the present call.
    private var strangerThatCalls: Execution? {
        guard !executor.isCurrent, let caller = Self.current, caller !== self, caller.executor.isCurrent else { return nil }
        return caller
    }

    /// ``enter(_:)`` for an operation on an object of this execution.
    func enter(for object: StaticString) async throws {
        if strangerThatCalls != nil { throw MisuseError.otherExecution(object) }
        try await enter()
    }

    /// Whether an operation that neither waits nor throws may touch an object of this execution.
    ///
    /// If not, it does nothing, and the workflow task of whoever called it fails: no error could tell.
    func admits(_ object: StaticString) -> Bool {
        if executor.isCurrent { return true }
        if let stranger = strangerThatCalls {
            stranger.halt(TaskFailure(.foreignAwait, MisuseError.otherExecution(object).message))
        } else {
            executor.reportForeignJob()
        }
        return false
    }
}
