import DequeModule

extension ConnectionMachine {
    package enum ConnectAction {
        case alreadyReady
        case wait
        case connect
        case fail(RedisError)
    }

    /// Somebody wants a connection now and the error if there is none. Cuts a wait between two attempts short.
    package mutating func connectRequested(_ waiter: RedisRequest) -> ConnectAction {
        switch state {
        case .ready:
            return .alreadyReady
        case .stopped:
            return .fail(error(.shutdown, "the client has been shut down"))
        case .connecting, .handshaking:
            connectWaiters.append(waiter)
            return .wait
        case .idle, .backingOff:
            connectWaiters.append(waiter)
            state = .connecting
            return .connect
        }
    }

    /// The transport stands; the steps of the handshake are to be written.
    ///
    /// - Returns: whether this connection is still wanted.
    package mutating func transportConnected(handshake steps: [HandshakeStep]) -> Bool {
        guard state == .connecting else { return false }
        state = .handshaking
        handshake = steps
        handshakeIndex = 0
        isWritable = true
        return true
    }

    mutating func advanceHandshake(_ value: RedisValue) -> ReplyAction {
        guard handshakeIndex < handshake.count else {
            return .close(error(.protocolViolation, "the server sent a reply that nobody asked for"))
        }
        let step = handshake[handshakeIndex]
        handshakeIndex += 1
        if var problem = step.problem(in: value) {
            problem.address = rules.address
            return .close(problem)
        }
        guard handshakeIndex == handshake.count else { return .none }
        state = .ready
        failures = 0
        wasReady = true
        lastConnectError = nil
        defer { connectWaiters = [] }
        return .ready(connectWaiters)
    }

    package struct LossAction {
        /// Requests to fail, each with its own error.
        package var failed: [(RedisRequest, RedisError)] = []
        /// Requests whose callers had left; they have left the machine now.
        package var dropped: [RedisRequest] = []
        /// When to try again, `nil` for not at all.
        package var reconnectAfter: Duration?
    }

    /// The attempt to connect failed, or the connection ended.
    ///
    /// - Parameter random: a number from 0 up to 1 for the jitter.
    package mutating func connectionLost(_ reason: RedisError, random: Double) -> LossAction {
        var action = LossAction()
        let wasConnecting = state == .connecting || state == .handshaking
        guard wasConnecting || state == .ready else { return action }

        let lost = reason.at(rules.address, mayHaveBeenExecuted: true)
        for request in inFlight {
            if request.isDone {
                action.dropped.append(request)
            } else {
                request.isDone = true
                action.failed.append((request, lost))
            }
        }
        inFlight = []
        for waiter in connectWaiters {
            action.failed.append((waiter, reason.at(rules.address, mayHaveBeenExecuted: false)))
        }
        connectWaiters = []
        if wasConnecting { lastConnectError = reason }
        // Neither a wrong password nor a wrong certificate gets better by waiting.
        if reason.code == .authenticationFailed {
            failWaiting(reason.at(rules.address, mayHaveBeenExecuted: false), into: &action)
        }

        failures += 1
        waiting.removeAll { $0.isDone }
        if wasReady || !waiting.isEmpty {
            state = .backingOff
            action.reconnectAfter = rules.backoff.delay(afterFailures: failures, random: random)
        } else {
            state = .idle
        }
        return action
    }

    /// - Returns: whether to connect now.
    package mutating func backoffElapsed() -> Bool {
        guard state == .backingOff else { return false }
        state = .connecting
        return true
    }

    /// Nothing goes on from here.
    package mutating func shutdown() -> LossAction {
        var action = LossAction()
        guard state != .stopped else { return action }
        state = .stopped
        for request in inFlight {
            if request.isDone {
                action.dropped.append(request)
            } else {
                request.isDone = true
                let failure = error(.shutdown, "the client has been shut down", mayHaveBeenExecuted: true)
                action.failed.append((request, failure))
            }
        }
        inFlight = []
        let failure = error(.shutdown, "the client has been shut down")
        failWaiting(failure, into: &action)
        for waiter in connectWaiters { action.failed.append((waiter, failure)) }
        connectWaiters = []
        return action
    }

    private mutating func failWaiting(_ failure: RedisError, into action: inout LossAction) {
        for request in waiting where !request.isDone {
            request.isDone = true
            action.failed.append((request, failure))
        }
        waiting = []
    }
}
