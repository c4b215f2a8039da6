internal import AloftCore
internal import DequeModule

/// The signals of one name that have arrived, or those who wait for one.
struct SignalBox {
    struct Waiter {
        let ticket: Int
        let mark: WaitMark
        let continuation: UnsafeContinuation<Payload, any Error>
    }

    private(set) var buffer = Deque<Payload>()
    private(set) var waiters = Deque<Waiter>()
    private var lastTicket = 0

    /// Hands a signal to whoever has waited longest, or keeps it.
    mutating func accept(_ payload: Payload) {
        if let waiter = waiters.popFirst() {
            waiter.continuation.resume(returning: payload)
        } else {
            buffer.append(payload)
        }
    }

    mutating func take() -> Payload? { buffer.popFirst() }

    mutating func reserveTicket() -> Int {
        lastTicket += 1
        return lastTicket
    }

    mutating func wait(_ ticket: Int, _ mark: WaitMark, _ continuation: UnsafeContinuation<Payload, any Error>) {
        waiters.append(Waiter(ticket: ticket, mark: mark, continuation: continuation))
    }

    /// Ends one wait, if it still lasts.
    mutating func cancel(_ ticket: Int, _ error: any Error) {
        guard let index = waiters.firstIndex(where: { $0.ticket == ticket }) else { return }
        waiters.remove(at: index).continuation.resume(throwing: error)
    }

    mutating func cancelAll(_ error: any Error) {
        while let waiter = waiters.popFirst() { waiter.continuation.resume(throwing: error) }
    }
}

extension Execution {
    /// The next signal of a name: the oldest that is buffered, otherwise the next that comes.
    func receiveSignal(named name: String, at location: SourceLocation) async throws -> Payload {
        try await enter()
        if let payload = signals[name]?.take() { return payload }
        let ticket = signals[name, default: SignalBox()].reserveTicket()
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                signals[name, default: SignalBox()].wait(ticket, markWait(at: location), continuation)
            }
        } onCancel: {
            guard self.executor.isCurrent else { return }
            self.signals[name]?.cancel(ticket, CancellationError())
        }
    }

    /// The oldest buffered signal of a name, if there is one.
    func takeSignal(named name: String) async throws -> Payload? {
        try await enter()
        return signals[name]?.take()
    }
}
