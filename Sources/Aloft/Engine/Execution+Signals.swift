internal import AloftCore
internal import DequeModule

/// The signals of one name that have arrived, or those who wait for one.
struct SignalBox {
    private(set) var buffer = Deque<Payload>()
    private var receivers = WaitQueue<(Payload) -> Void>()

    /// Removes and returns whoever has waited longest, or keeps the signal.
    mutating func accept(_ payload: Payload) -> ((Payload) -> Void)? {
        if let receive = receivers.popFirst() { return receive }
        buffer.append(payload)
        return nil
    }

    mutating func take() -> Payload? { buffer.popFirst() }

    mutating func join(_ receive: @escaping (Payload) -> Void, ticket: Int) { receivers.join(receive, ticket: ticket) }

    mutating func leave(_ ticket: Int) { receivers.leave(ticket) }
}

extension Execution {
    func accept(signal name: String, _ payload: Payload) {
        // Called outside of the box, which the receiver is about to leave.
        let receive = signals[name, default: SignalBox()].accept(payload)
        receive?(payload)
    }

    /// The next signal of a name: the oldest that is buffered, otherwise the next that comes.
    func receiveSignal(named name: String, at location: SourceLocation) async throws -> Payload {
        try await select([.signal(named: name) { payload, _ in payload }], at: location)
    }

    /// The oldest buffered signal of a name, if there is one.
    func takeSignal(named name: String) async throws -> Payload? {
        try await enter()
        return signals[name]?.take()
    }

    /// Waits for a signal. - Returns: What ends the wait early; nothing has been consumed then.
    func joinReceivers(ofSignal name: String, _ receive: @escaping (Payload) -> Void) -> () -> Void {
        let ticket = nextTicket()
        signals[name, default: SignalBox()].join(receive, ticket: ticket)
        return { self.signals[name]?.leave(ticket) }
    }
}
