public import AloftCore

extension SelectCase {
    /// Happens when a signal is there: the oldest that has arrived and not been received, otherwise the next that comes.
    ///
    /// A payload that does not fit is consumed, and `select` throws `PayloadError`.
    public static func receive<Value>(
        _ signal: Signal<Value>,
        _ handler: @escaping (Value) async throws -> Output
    ) -> SelectCase {
        Self.signal(named: signal.name) { payload, execution in
            try await handler(try execution.coder.decode(Value.self, from: payload))
        }
    }

    /// A signal before it is decoded.
    static func signal(
        named name: String,
        _ handler: @escaping (Payload, Execution) async throws -> Output
    ) -> SelectCase {
        SelectCase(
            kind: .source(
                Source(
                    object: "signal",
                    owner: nil,
                    subject: { .signal(name) },
                    attempt: { execution in
                        guard let payload = execution.signals[name]?.take() else { return nil }
                        return { try await handler(payload, execution) }
                    },
                    join: { execution, win in
                        execution.joinReceivers(ofSignal: name) { payload in
                            win { try await handler(payload, execution) }
                        }
                    }
                )
            )
        )
    }

    /// Happens when nothing else has for a while: a durable timer, which is set if `select` has to wait and cancelled if
    /// something else happens first.
    ///
    /// The duration is measured from `context.now` and rounded up to milliseconds; zero and less are ready at once.
    public static func after(
        _ duration: Duration,
        name: String = "select",
        fileID: StaticString = #fileID,
        line: UInt = #line,
        _ handler: @escaping () async throws -> Output
    ) -> SelectCase {
        SelectCase(
            kind: .source(
                Source(
                    object: "timer",
                    owner: nil,
                    subject: { .other("\(duration)") },
                    attempt: { _ in duration <= .zero ? handler : nil },
                    join: { execution, win in
                        let location = SourceLocation(fileID: fileID, line: line)
                        let due = execution.now + duration
                        let timer = execution.startFuture(at: location) {
                            try await execution.wait(until: due, name: name, at: location)
                        }
                        let leave = timer.join { outcome in
                            win {
                                try outcome.get()
                                return try await handler()
                            }
                        }
                        return {
                            leave()
                            timer.cancel()
                        }
                    }
                )
            )
        )
    }

    /// Happens if nothing else is ready: such a `select` never waits. Where it stands among the cases does not matter.
    public static func `default`(_ handler: @escaping () async throws -> Output) -> SelectCase {
        SelectCase(kind: .fallback(handler))
    }
}
