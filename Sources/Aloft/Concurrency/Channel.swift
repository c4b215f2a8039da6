internal import AloftCore
internal import DequeModule

/// Hands values from tasks of a workflow to other tasks of it, in order.
///
/// Without capacity a sender waits until somebody receives its value; with a capacity, so many values are kept. Senders and
/// receivers that wait are served in the order in which they came.
///
/// ```swift
/// let pages = context.channel(of: Page.self, capacity: 10)
/// let reader = context.future {
///     defer { pages.close() }
///     for number in 1...count { try await pages.send(try await context.activity(FetchPage.self, number)) }
/// }
/// for try await page in pages { … }
/// try await reader.value
/// ```
///
/// As an `AsyncSequence` it ends when it is closed and empty; several tasks may iterate, each value goes to one of them.
/// Nothing of it is in the history.
public final class Channel<Value: Sendable>: @unchecked Sendable {
    /// How many values are kept for receivers that are not there yet.
    public let capacity: Int

    // Touched by the thread that drains the execution, and by no other: see `Execution`.
    let execution: Execution
    let location: SourceLocation
    private var buffer = Deque<Value>()
    private var hasClosed = false
    private var senders = WaitQueue<WaitingSender>()
    private var receivers = WaitQueue<(Received) -> Void>()

    /// What a receiver gets.
    enum Received {
        case value(Value)
        case end

        var value: Value? {
            switch self {
            case .value(let value): value
            case .end: nil
            }
        }
    }

    private struct WaitingSender {
        let value: Value
        /// Told whether the value was taken; otherwise the channel was closed.
        let end: (Bool) -> Void
    }

    init(execution: Execution, capacity: Int, at location: SourceLocation) {
        self.execution = execution
        self.capacity = Swift.max(0, capacity)
        self.location = location
    }

    /// The number of values that are kept and have not been received.
    public var count: Int { execution.admits("channel") ? buffer.count : 0 }

    /// Whether ``close()`` was called; there may be values to receive still.
    public var isClosed: Bool { execution.admits("channel") && hasClosed }

    /// Ends the channel: values that are kept can still be received, senders that wait get ``ChannelClosed``, receivers that
    /// wait get `nil`. Closing it again does nothing.
    public func close() {
        guard execution.admits("channel"), !hasClosed else { return }
        hasClosed = true
        while let sender = senders.popFirst() { sender.end(false) }
        while let receive = receivers.popFirst() { receive(.end) }
    }

    // MARK: Inside

    /// Gives a value to whoever has waited longest, or keeps it. - Returns: Whether it could.
    func offer(_ value: Value) throws -> Bool {
        guard !hasClosed else { throw ChannelClosed() }
        if let receive = receivers.popFirst() {
            receive(.value(value))
            return true
        }
        guard buffer.count < capacity else { return false }
        buffer.append(value)
        return true
    }

    /// Takes the oldest value that is kept, or that of whoever has waited longest to send.
    func take() -> Received? {
        if let value = buffer.popFirst() {
            if let sender = senders.popFirst() {
                buffer.append(sender.value)
                sender.end(true)
            }
            return .value(value)
        }
        if let sender = senders.popFirst() {
            sender.end(true)
            return .value(sender.value)
        }
        return hasClosed ? .end : nil
    }

    /// Waits for a value or the end. - Returns: What ends the wait early; nothing has been taken then.
    func joinReceivers(_ receive: @escaping (Received) -> Void) -> () -> Void {
        let ticket = execution.nextTicket()
        receivers.join(receive, ticket: ticket)
        return { self.receivers.leave(ticket) }
    }

    /// Waits for a receiver or a free place. - Returns: What ends the wait early; the value is not delivered then.
    func joinSenders(_ value: Value, _ end: @escaping (_ wasTaken: Bool) -> Void) -> () -> Void {
        let ticket = execution.nextTicket()
        senders.join(WaitingSender(value: value, end: end), ticket: ticket)
        return { self.senders.leave(ticket) }
    }
}
