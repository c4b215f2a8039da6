internal import AloftCore
internal import DequeModule

/// The signals of one name that have arrived, or those who wait for one.
struct SignalBox {
    struct Waiter {
        let ticket: Int
        let mark: WaitMark
        let continuation: UnsafeContinuation<Payload, any Error>
    }

    /// A signal with its place among all that have arrived, whatever their names.
    struct Arrival {
        let order: Int
        let payload: Payload
    }

    private(set) var buffer = Deque<Arrival>()
    private(set) var waiters = Deque<Waiter>()
    private var lastTicket = 0

    /// Hands a signal to whoever has waited longest, or keeps it.
    mutating func accept(_ payload: Payload, order: Int) {
        if let waiter = waiters.popFirst() {
            waiter.continuation.resume(returning: payload)
        } else {
            buffer.append(Arrival(order: order, payload: payload))
        }
    }

    mutating func take() -> Payload? { buffer.popFirst()?.payload }

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
    /// Signals that have arrived and nobody has received, in the order in which they came.
    var unreceivedSignals: [EventBody] {
        var found: [(name: String, arrival: SignalBox.Arrival)] = []
        for (name, box) in signals {
            for arrival in box.buffer { found.append((name, arrival)) }
        }
        return found.sorted { $0.arrival.order < $1.arrival.order }
            .map { .signalReceived(name: $0.name, $0.arrival.payload) }
    }

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
