internal import AloftCore

// What every call of workflow code passes through.
extension Execution {
    /// Whether a call may be made by a task that has been cancelled.
    enum Admission {
        case unlessCancelled
        case always
    }

    /// Checks that workflow code may make a call now.
    ///
    /// - Throws: `CancellationError` in a cancelled task, ``ExecutionHalted`` when the execution is being unloaded,
    ///   ``OutsideCall`` if the call does not come from a task of it.
    func enter(_ admission: Admission = .unlessCancelled) async throws {
        guard executor.isCurrent else {
            // Called from a detached task, say: nothing of it may count, and nobody may overlook it.
            executor.reportForeignJob()
            throw OutsideCall()
        }
        switch phase {
        case .running:
            calls += 1
            guard calls <= Self.callBudget else { try await stopCallingLoop() }
            if admission == .unlessCancelled, Task.isCancelled {
                try await refuse(with: CancellationError())
            }
        case .finished, .halted: try await refuse(with: ExecutionHalted())
        }
    }

    /// Fails a call at once, unless its caller does nothing but call again: `while true { try? await context.sleep(…) }`
    /// would never come to rest. Such a caller is parked and left behind.
    private func refuse(with error: any Error) async throws {
        // Counted for each job: a thousand tasks that are refused a few times each are no loop, and jobs have a budget.
        let job = executor.jobCount
        if refusals.job != job { refusals = (job, 0) }
        refusals.count += 1
        if refusals.count > Self.refusalBudget {
            try await park(
                "workflow code goes on calling its context after \(Self.refusalBudget) calls failed with "
                    + "\"\(error)\"; let the error leave the loop instead of ignoring it"
            )
        }
        throw error
    }

    /// Ends code that calls without ever waiting: `while true { try await context.sleep(for: .zero) }`.
    private func stopCallingLoop() async throws -> Never {
        try await park(
            "workflow code called its context \(Self.callBudget) times without coming to rest after event "
                + "\(historyLength); a loop must wait for something that is not there yet"
        )
    }

    /// Fails the task and leaves its caller behind: no error would stop it. An end that the code has come to already stands.
    private func park(_ message: String) async throws -> Never {
        if !isFinished { halt(TaskFailure(.endlessLoop, message)) }
        await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
        // Nobody resumes it.
        throw ExecutionHalted()
    }

    /// The next command's number.
    func nextCommand() -> CommandID {
        lastCommand += 1
        return CommandID(lastCommand)
    }

    /// Records an output of workflow code; a mismatch ends the call.
    @discardableResult
    func produce(_ output: EventBody, at location: SourceLocation) throws -> EventBody? {
        do throws(TaskFailure) { return try record(output, at: location) } catch { throw ExecutionHalted() }
    }
}
