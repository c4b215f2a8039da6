import DequeModule
package import NIOCore

extension ConnectionMachine {
    package struct ExpiryAction {
        package var failed: [(RedisRequest, RedisError)] = []
        /// Give the connection up with this error.
        package var close: RedisError?
        /// When to look again.
        package var next: NIODeadline?
    }

    /// Fails what is overdue and finds out whether the connection is dead.
    ///
    /// One look at everything that is pending replaces a timer per command: with equal timeouts it happens once per
    /// timeout, not once per command.
    package mutating func expire(now: NIODeadline) -> ExpiryAction {
        var action = ExpiryAction()
        expireWaiting(now: now, &action)
        expireInFlight(now: now, &action)
        checkProgress(now: now, &action)
        return action
    }

    private mutating func expireWaiting(now: NIODeadline, _ action: inout ExpiryAction) {
        var hasDone = false
        for request in waiting {
            if request.isDone {
                hasDone = true
            } else if request.deadline <= now {
                hasDone = true
                request.isDone = true
                var failure = error(.timeout, "the deadline passed before the command could be sent")
                failure.underlying = lastConnectError
                action.failed.append((request, failure))
            } else {
                action.lookAgain(request.deadline)
            }
        }
        if hasDone { waiting.removeAll { $0.isDone } }
    }

    private mutating func expireInFlight(now: NIODeadline, _ action: inout ExpiryAction) {
        for request in inFlight {
            guard request.deadline <= now else {
                action.lookAgain(request.deadline)
                continue
            }
            guard !request.isDone else { continue }
            request.isDone = true
            let failure = error(.timeout, "no reply before the deadline", mayHaveBeenExecuted: true)
            action.failed.append((request, failure))
            if rules.closesWhenAbandoned {
                action.close = error(.connectionClosed, "a command timed out")
            }
        }
    }

    /// An overdue command alone may just be a slow one; a connection that is overdue and silent is half open.
    private func checkProgress(now: NIODeadline, _ action: inout ExpiryAction) {
        guard state == .ready, let head = inFlight.first, head.deadline <= now else { return }
        let staleAt = max(lastRead, head.sentAt) + rules.stall
        if staleAt <= now {
            action.close = error(.connectionClosed, "the server stopped answering")
        } else {
            action.lookAgain(staleAt)
        }
    }
}

extension ConnectionMachine.ExpiryAction {
    fileprivate mutating func lookAgain(_ time: NIODeadline) {
        next = next.map { min($0, time) } ?? time
    }
}
