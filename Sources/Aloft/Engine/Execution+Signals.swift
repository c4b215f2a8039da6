internal import AloftCore
internal import DequeModule

/// The signals of one name that have arrived, or those who wait for one.
struct SignalBox {
    /// A signal with its place among all that have arrived, whatever their names.
    struct Arrival {
        let order: Int
        let payload: Payload
        let headers: ContextHeaders
    }

    private(set) var buffer = Deque<Arrival>()
    private var receivers = WaitQueue<(Payload) -> Void>()

    /// Removes and returns whoever has waited longest, or keeps the signal.
    mutating func accept(_ payload: Payload, _ headers: ContextHeaders, order: Int) -> ((Payload) -> Void)? {
        if let receive = receivers.popFirst() { return receive }
        buffer.append(Arrival(order: order, payload: payload, headers: headers))
        return nil
    }

    mutating func take() -> Payload? { buffer.popFirst()?.payload }

    mutating func join(_ receive: @escaping (Payload) -> Void, ticket: Int) { receivers.join(receive, ticket: ticket) }

    mutating func leave(_ ticket: Int) { receivers.leave(ticket) }
}

extension Execution {
    /// Signals that have arrived and nobody has received, in the order in which they came.
    var unreceivedSignals: [EventBody] {
        var found: [(name: String, arrival: SignalBox.Arrival)] = []
        for (name, box) in signals {
            for arrival in box.buffer { found.append((name, arrival)) }
        }
        return found.sorted { $0.arrival.order < $1.arrival.order }
            .map { .signalReceived(name: $0.name, $0.arrival.payload, headers: carried($0.arrival.headers)) }
    }

    /// The headers of a signal that goes along to the next execution, marked so that it is not traced and measured again there;
    /// as they are, where neither is done.
    private func carried(_ headers: ContextHeaders) -> ContextHeaders {
        guard telemetry.isOn || blueprint.metrics != nil else { return headers }
        return headers.merging([ContextHeaderRules.carried: "1"]) { _, mark in mark }
    }

    func accept(signal name: String, _ payload: Payload, _ headers: ContextHeaders) {
        // Called outside of the box, which the receiver is about to leave.
        let receive = signals[name, default: SignalBox()].accept(payload, headers, order: historyLength)
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
