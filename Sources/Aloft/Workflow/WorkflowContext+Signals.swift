public import AloftCore

extension WorkflowContext {
    /// The next signal: the oldest that has arrived and not been received, otherwise the next that comes.
    ///
    /// - Throws: `PayloadError` if the payload does not fit; that signal is consumed then. `CancellationError`.
    public func receive<Value>(_ signal: Signal<Value>) async throws -> Value {
        try execution.coder.decode(Value.self, from: try await execution.receiveSignal(named: signal.name))
    }

    /// The oldest signal that has arrived and not been received, or `nil` without waiting.
    ///
    /// - Throws: As ``receive(_:)``.
    public func tryReceive<Value>(_ signal: Signal<Value>) async throws -> Value? {
        guard let payload = try await execution.takeSignal(named: signal.name) else { return nil }
        return try execution.coder.decode(Value.self, from: payload)
    }

    /// All signals of a kind, one after the other, without end.
    public func signals<Value>(_ signal: Signal<Value>) -> SignalSequence<Value> {
        SignalSequence(context: self, signal: signal)
    }
}

/// Signals as they are received; ends only by cancellation, which it throws.
public struct SignalSequence<Value: Sendable>: AsyncSequence, Sendable {
    let context: WorkflowContext
    let signal: Signal<Value>

    public func makeAsyncIterator() -> Iterator { Iterator(context: context, signal: signal) }

    public struct Iterator: AsyncIteratorProtocol {
        let context: WorkflowContext
        let signal: Signal<Value>

        public func next() async throws -> Value? { try await context.receive(signal) }
    }
}
