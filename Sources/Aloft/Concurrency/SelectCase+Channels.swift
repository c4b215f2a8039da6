internal import AloftCore

extension SelectCase {
    /// Happens when a channel has a value, which the handler gets, or is closed and empty: `nil`.
    public static func receive<Value: Sendable>(
        _ channel: Channel<Value>,
        _ handler: @escaping (Value?) async throws -> Output
    ) -> SelectCase {
        SelectCase(
            kind: .source(
                Source(
                    object: "channel",
                    owner: channel.execution,
                    subject: { .other("a value from the channel of \(channel.location.text)") },
                    attempt: { _ in
                        guard let received = channel.take() else { return nil }
                        return { try await handler(received.value) }
                    },
                    join: { _, win in
                        channel.joinReceivers { received in win { try await handler(received.value) } }
                    }
                )
            )
        )
    }

    /// Happens when a channel takes the value. If it is closed, `select` throws ``ChannelClosed``.
    public static func send<Value: Sendable>(
        _ channel: Channel<Value>,
        _ value: Value,
        _ handler: @escaping () async throws -> Output
    ) -> SelectCase {
        SelectCase(
            kind: .source(
                Source(
                    object: "channel",
                    owner: channel.execution,
                    subject: { .other("a receiver on the channel of \(channel.location.text)") },
                    attempt: { _ in try channel.offer(value) ? handler : nil },
                    join: { _, win in
                        channel.joinSenders(value) { wasTaken in
                            win {
                                guard wasTaken else { throw ChannelClosed() }
                                return try await handler()
                            }
                        }
                    }
                )
            )
        )
    }
}
