internal import AloftCore

// Waits of one task for another of the same execution, and for signals: nothing of them is in the history, since the order
// in which tasks run follows from it.
extension Execution {
    /// A suspended call that waits for one or several things; the first that happens ends it.
    struct InnerWait {
        let subject: () -> WaitSubject
        let mark: WaitMark
        let continuation: UnsafeContinuation<Void, any Error>
        /// Takes the call out of every queue in which it stands.
        let leave: () -> Void
    }

    /// A number for a place in a queue. It is not a command's: channels may come and go in code whose instances are open.
    func nextTicket() -> Int {
        lastTicket += 1
        return lastTicket
    }

    /// Suspends the caller until ``wake(_:)`` or ``endWait(_:throwing:)`` is called with its ticket.
    ///
    /// - Parameter join: Puts the caller into queues, and returns what takes it out of them.
    func suspend(
        for subject: @escaping () -> WaitSubject,
        at location: SourceLocation?,
        _ join: (_ ticket: Int) -> () -> Void
    ) async throws {
        let ticket = nextTicket()
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                innerWaits[ticket] = InnerWait(
                    subject: subject,
                    mark: markWait(at: location),
                    continuation: continuation,
                    leave: join(ticket)
                )
            }
        } onCancel: {
            guard self.executor.isCurrent else { return }
            self.endWait(ticket, throwing: CancellationError())
        }
    }

    /// Ends a wait whose thing has happened. It leaves all queues before anybody else can come to call it again.
    func wake(_ ticket: Int) {
        guard let wait = innerWaits.removeValue(forKey: ticket) else { return }
        wait.leave()
        wait.continuation.resume()
    }

    /// Ends a wait, if it still lasts.
    func endWait(_ ticket: Int, throwing error: any Error) {
        guard let wait = innerWaits.removeValue(forKey: ticket) else { return }
        wait.leave()
        wait.continuation.resume(throwing: error)
    }

    func failInnerWaits(_ error: any Error) {
        for ticket in innerWaits.keys.sorted() { endWait(ticket, throwing: error) }
    }
}
