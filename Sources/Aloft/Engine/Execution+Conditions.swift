internal import AloftCore

extension Execution {
    /// A wait for workflow state.
    struct Condition {
        let ticket: Int
        let mark: WaitMark
        let isFulfilled: () -> Bool
        let continuation: UnsafeContinuation<Void, any Error>
    }

    /// Waits until a condition holds; it is looked at after each event.
    func wait(until condition: @escaping () -> Bool, at location: SourceLocation) async throws {
        try await enter()
        guard !condition() else { return }
        // So that a cancelled wait is found again.
        let ticket = nextTicket()
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                conditions.append(
                    Condition(
                        ticket: ticket,
                        mark: markWait(at: location),
                        isFulfilled: condition,
                        continuation: continuation
                    )
                )
            }
        } onCancel: {
            guard self.executor.isCurrent,
                let index = self.conditions.firstIndex(where: { $0.ticket == ticket })
            else { return }
            self.conditions.remove(at: index).continuation.resume(throwing: CancellationError())
        }
    }

    /// Removes and returns the condition that was registered first of those that hold now.
    func takeFulfilledCondition() -> Condition? {
        guard let index = conditions.firstIndex(where: { $0.isFulfilled() }) else { return nil }
        return conditions.remove(at: index)
    }
}
