import DequeModule
package import NIOCore

extension ConnectionMachine {
    package enum SubmitAction {
        /// Write the request now; it is counted as sent.
        case write
        /// It waits.
        case wait
        /// It waits; make a connection.
        case connect
        case fail(RedisError)
    }

    package mutating func submit(_ request: RedisRequest, now: NIODeadline) -> SubmitAction {
        request.isSubmitted = true
        guard !request.isDone else {
            return .fail(error(.cancelled, "the task was cancelled"))
        }
        guard state != .stopped else {
            request.isDone = true
            return .fail(error(.shutdown, "the client has been shut down"))
        }
        request.deadline = now + request.timeout
        guard request.timeout > .zero else {
            request.isDone = true
            return .fail(error(.timeout, "the deadline had passed before the command was sent"))
        }
        if state == .ready, isWritable, waiting.isEmpty {
            send(request, now: now)
            return .write
        }
        waiting.append(request)
        guard state == .idle else { return .wait }
        state = .connecting
        return .connect
    }

    /// The next request to be written, `nil` when nothing may be written or nothing waits.
    package mutating func nextToWrite(now: NIODeadline) -> RedisRequest? {
        guard state == .ready, isWritable else { return nil }
        while let request = waiting.popFirst() {
            guard !request.isDone else { continue }
            send(request, now: now)
            return request
        }
        return nil
    }

    /// Counts `request` as sent ahead of all that wait. Only for a connection that has just become ready.
    package mutating func sendFirst(_ request: RedisRequest, now: NIODeadline) {
        request.deadline = now + request.timeout
        send(request, now: now)
    }

    private mutating func send(_ request: RedisRequest, now: NIODeadline) {
        request.state = .sent
        request.sentAt = now
        inFlight.append(request)
    }

    package mutating func writabilityChanged(_ writable: Bool) {
        isWritable = writable
    }

    package mutating func bytesReceived(now: NIODeadline) {
        lastRead = now
    }

    package enum ReplyAction {
        /// Part of a pipeline, or of the handshake.
        case none
        case complete(RedisRequest, RedisValue)
        case completeAll(RedisRequest, [RedisValue])
        /// The caller had left; the request has left the machine now.
        case drop(RedisRequest)
        /// The connection may be used: write what waits, tell these that it stands.
        case ready([RedisRequest])
        /// Give this connection up.
        case close(RedisError)
    }

    package mutating func received(_ value: RedisValue) -> ReplyAction {
        switch state {
        case .ready: deliver(value)
        case .handshaking: advanceHandshake(value)
        default: .close(error(.protocolViolation, "the server sent a reply that nobody asked for"))
        }
    }

    private mutating func deliver(_ value: RedisValue) -> ReplyAction {
        guard let request = inFlight.first else {
            return .close(error(.protocolViolation, "the server sent a reply that nobody asked for"))
        }
        if request.expected == 1 {
            inFlight.removeFirst()
            guard !request.isDone else { return .drop(request) }
            request.isDone = true
            return .complete(request, value)
        }
        request.replies.append(value)
        guard request.replies.count == request.expected else { return .none }
        inFlight.removeFirst()
        guard !request.isDone else { return .drop(request) }
        request.isDone = true
        return .completeAll(request, request.replies)
    }

    package enum CancelAction {
        case none
        case fail(RedisError)
        /// Fail the request, then give the connection up with the second error.
        case failAndClose(RedisError, RedisError)
    }

    /// The caller of `request` does not wait any longer.
    package mutating func cancel(_ request: RedisRequest) -> CancelAction {
        guard !request.isDone else { return .none }
        request.isDone = true
        // It fails when it is submitted.
        guard request.isSubmitted else { return .none }
        let sent = request.state == .sent
        let failure = error(.cancelled, "the task was cancelled", mayHaveBeenExecuted: sent)
        guard sent, rules.closesWhenAbandoned else { return .fail(failure) }
        return .failAndClose(failure, error(.connectionClosed, "a blocking command was cancelled"))
    }

    func error(_ code: RedisError.Code, _ message: String, mayHaveBeenExecuted: Bool = false) -> RedisError {
        RedisError(
            code: code,
            message: message,
            address: rules.address,
            mayHaveBeenExecuted: mayHaveBeenExecuted
        )
    }
}
