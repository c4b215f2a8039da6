internal import AloftCore

extension Channel {
    /// Sends a value: waits until somebody takes it or there is a free place.
    ///
    /// - Throws: ``ChannelClosed``; `CancellationError`. The value has not been delivered then.
    public func send(_ value: Value, fileID: StaticString = #fileID, line: UInt = #line) async throws {
        try await execution.select([.send(self, value) {}], at: SourceLocation(fileID: fileID, line: line))
    }

    /// Sends a value if that needs no waiting.
    ///
    /// - Returns: Whether it was sent.
    /// - Throws: As ``send(_:fileID:line:)``.
    public func trySend(_ value: Value) async throws -> Bool {
        try await execution.enter(for: "channel")
        return try offer(value)
    }

    /// The next value, or `nil` when the channel is closed and empty.
    ///
    /// - Throws: `CancellationError`; no value has been taken then.
    public func receive(fileID: StaticString = #fileID, line: UInt = #line) async throws -> Value? {
        try await execution.select([.receive(self) { $0 }], at: SourceLocation(fileID: fileID, line: line))
    }

    /// The next value if there is one, `nil` if not or if the channel is closed and empty (see ``isClosed``).
    ///
    /// - Throws: As ``receive(fileID:line:)``.
    public func tryReceive() async throws -> Value? {
        try await execution.enter(for: "channel")
        return take()?.value
    }
}

extension Channel: AsyncSequence {
    public func makeAsyncIterator() -> Iterator { Iterator(channel: self) }

    public struct Iterator: AsyncIteratorProtocol {
        let channel: Channel

        public func next() async throws -> Value? {
            try await channel.execution.select([.receive(channel) { $0 }], at: channel.location)
        }
    }
}
