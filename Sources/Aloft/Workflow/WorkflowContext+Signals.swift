public import AloftCore

extension WorkflowContext {
    /// The next signal: the oldest that has arrived and not been received, otherwise the next that comes.
    ///
    /// - Throws: `PayloadError` if the payload does not fit; that signal is consumed then. `CancellationError`.
    public func receive<Value>(
        _ signal: Signal<Value>,
        fileID: StaticString = #fileID,
        line: UInt = #line
    ) async throws -> Value {
        let location = SourceLocation(fileID: fileID, line: line)
        let payload = try await execution.receiveSignal(named: signal.name, at: location)
        return try execution.coder.decode(Value.self, from: payload)
    }

    /// The oldest signal that has arrived and not been received, or `nil` without waiting.
    ///
    /// - Throws: As ``receive(_:fileID:line:)``.
    public func tryReceive<Value>(_ signal: Signal<Value>) async throws -> Value? {
        guard let payload = try await execution.takeSignal(named: signal.name) else { return nil }
        return try execution.coder.decode(Value.self, from: payload)
    }

    /// All signals of a kind, one after the other, without end.
    public func signals<Value>(
        _ signal: Signal<Value>,
        fileID: StaticString = #fileID,
        line: UInt = #line
    ) -> SignalSequence<Value> {
        SignalSequence(context: self, signal: signal, location: SourceLocation(fileID: fileID, line: line))
    }
}

/// Signals as they are received; ends only by cancellation, which it throws.
public struct SignalSequence<Value: Sendable>: AsyncSequence, Sendable {
    let context: WorkflowContext
    let signal: Signal<Value>
    let location: SourceLocation

    public func makeAsyncIterator() -> Iterator { Iterator(context: context, signal: signal, location: location) }

    public struct Iterator: AsyncIteratorProtocol {
        let context: WorkflowContext
        let signal: Signal<Value>
        let location: SourceLocation

        public func next() async throws -> Value? {
            try await context.receive(signal, fileID: location.fileID, line: location.line)
        }
    }
}
