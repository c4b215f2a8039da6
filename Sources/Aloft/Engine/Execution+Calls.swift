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
    /// - Throws: `CancellationError` in a cancelled task, ``ExecutionHalted`` when the execution is being unloaded or the
    ///   call comes from outside of it.
    func enter(_ admission: Admission = .unlessCancelled) async throws {
        guard executor.isCurrent else {
            // Called from a detached task, say: it is not ours to say what runs there, but nothing of it may count.
            throw ExecutionHalted()
        }
        switch phase {
        case .running:
            if admission == .unlessCancelled, Task.isCancelled {
                try await refuse(with: CancellationError())
            }
        case .finished, .halted: try await refuse(with: ExecutionHalted())
        }
    }

    /// Fails a call at once, unless its caller does nothing but call again: `while true { try? await context.sleep(…) }`
    /// would never come to rest. Such a caller is parked and left behind.
    private func refuse(with error: any Error) async throws {
        refusals += 1
        if refusals > Self.refusalBudget {
            halt(
                TaskFailure(
                    .endlessLoop,
                    "workflow code goes on calling its context after \(Self.refusalBudget) calls failed with "
                        + "\"\(error)\"; let the error leave the loop instead of ignoring it"
                )
            )
            await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
        }
        throw error
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
