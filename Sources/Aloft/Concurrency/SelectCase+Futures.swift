internal import AloftCore

extension SelectCase {
    /// Happens when a future is done. If it failed, `select` throws its error.
    public static func `await`<Value: Sendable>(
        _ future: WorkflowFuture<Value>,
        _ handler: @escaping (Value) async throws -> Output
    ) -> SelectCase {
        .result(of: future) { result in try await handler(try result.get()) }
    }

    /// Happens when a future is done, one way or the other.
    public static func result<Value: Sendable>(
        of future: WorkflowFuture<Value>,
        _ handler: @escaping (Result<Value, any Error>) async throws -> Output
    ) -> SelectCase {
        SelectCase(
            kind: .source(
                Source(
                    object: "future",
                    owner: future.execution,
                    subject: { .other("the future of \(future.location.text)") },
                    attempt: { _ in
                        guard let outcome = future.peek() else { return nil }
                        return { try await handler(outcome) }
                    },
                    join: { _, win in future.join { outcome in win { try await handler(outcome) } } }
                )
            )
        )
    }

    /// Happens when no part of a wait group is under way.
    public static func wait(for group: WaitGroup, _ handler: @escaping () async throws -> Output) -> SelectCase {
        SelectCase(
            kind: .source(
                Source(
                    object: "wait group",
                    owner: group.execution,
                    subject: { .other("a wait group of \(group.parts)") },
                    attempt: { _ in try group.isIdle() ? handler : nil },
                    join: { _, win in
                        group.join {
                            win {
                                try group.check()
                                return try await handler()
                            }
                        }
                    }
                )
            )
        )
    }
}
