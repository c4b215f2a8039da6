public import AloftCore
internal import Tracing

extension InstanceHandle {
    /// Sends a signal. It is kept until the workflow receives it.
    ///
    /// - Parameter id: Makes sending idempotent: of all signals to this instance with the same id one arrives.
    /// - Throws: `StoreError` with code `instanceNotFound`, `instanceFinished`, `payloadTooLarge` or `inboxFull`.
    public func signal<Value>(_ signal: Signal<Value>, _ value: Value, id: String? = nil) async throws {
        try IdentifierRules.check(signal.name, subject: "signal name")
        let payload = try coder.encode(value)
        try await telemetry.withSpan(
            SpanName.signal(signal.name),
            ofKind: .producer,
            attributes: [SpanKey.instance: "\(instance)"]
        ) { headers in
            let input = EventBody.signalReceived(name: signal.name, payload, headers: headers)
            try await store.deliver(input, to: instance, execution: nil, id: id)
        }
    }

    /// Sends a signal that carries no value.
    public func signal(_ signal: Signal<Void>, id: String? = nil) async throws {
        try await self.signal(signal, (), id: id)
    }

    /// Asks the instance to cancel: its task is cancelled as any Swift task is, and it may clean up.
    ///
    /// - Parameter reason: For people; at most 4,096 bytes.
    /// - Throws: `StoreError` with code `instanceNotFound`, `instanceFinished` or `payloadTooLarge`.
    public func cancel(reason: String = "") async throws {
        try checkReason(reason)
        // With an id, so that the store may repeat it when an answer was lost.
        let id = "cancel-\(ExecutionID.random())"
        try await store.deliver(.cancelRequested(reason: reason), to: instance, execution: nil, id: id)
    }

    /// Ends the instance at once, without running its code: nothing is cleaned up. Its activities end unheard, its
    /// sub-workflows go by their close policy, and whoever awaits it gets an error with status
    /// ``InstanceStatus/terminated``.
    ///
    /// - Parameter reason: For people; at most 4,096 bytes.
    /// - Throws: `StoreError` with code `instanceNotFound`, `instanceFinished` or `payloadTooLarge`.
    public func terminate(reason: String = "") async throws {
        try checkReason(reason)
        try await store.terminate(instance, execution: nil, reason: reason)
    }

    /// Lets the instance go on if it is quarantined: its workflow task is tried again, and crashes are counted anew. Worth
    /// while after a deployment with what killed the workers mended; see ``InstanceState/problem`` for the cause.
    ///
    /// - Returns: Whether it was quarantined. `false` may also mean that the answer to a first try was lost.
    /// - Throws: `StoreError` with code `instanceNotFound` or `instanceFinished`.
    @discardableResult
    public func release() async throws -> Bool {
        if try await store.liftQuarantine(of: [instance]) > 0 { return true }
        let status = try await status()
        guard !status.isFinished else {
            throw StoreError(.instanceFinished, "instance \(instance) is \(status); there is nothing to release")
        }
        return false
    }

    /// Deletes the instance and everything of it, once it has finished.
    ///
    /// - Throws: `StoreError` with code `instanceNotFound` or `instanceOpen`.
    public func remove() async throws { try await store.remove(instance) }

    private func checkReason(_ reason: String) throws(StoreError) {
        guard reason.utf8.count <= Failure.maximumMessageBytes else {
            throw StoreError(
                .payloadTooLarge,
                "the reason has \(reason.utf8.count) bytes, at most \(Failure.maximumMessageBytes) are allowed"
            )
        }
    }
}
