public import AloftCore

/// One instance, from outside.
public struct InstanceHandle<Output: Sendable>: Sendable {
    /// Its id.
    public let instance: InstanceID
    let store: any WorkflowStore
    let coder: PayloadCoder

    /// Waits until the instance has finished and returns its result. Woken by the store, does not poll.
    ///
    /// - Throws: `WorkflowError` if it failed or was cancelled; `StoreError` with code `instanceNotFound` if there is no
    ///   such instance or its retention has passed; `CancellationError` if the calling task is cancelled.
    public func result() async throws -> Output {
        let completion = try await completion()
        switch completion {
        case .completed(let payload): return try coder.decode(Output.self, from: payload)
        case .failed(let failure), .cancelled(let failure), .terminated(let failure), .timedOut(let failure):
            throw WorkflowError(instance: instance, status: completion.status, failure: failure)
        case .continuedAsNew:
            throw StoreError(.corrupt, "instance \(instance) finished by continuing as new; no store should say so")
        }
    }

    private func completion() async throws -> Completion {
        do {
            return try await store.completion(of: instance)
        } catch  where error.code == .cancelled {
            throw CancellationError()
        }
    }

    /// What is known of the instance now.
    ///
    /// - Throws: `StoreError` with code `instanceNotFound`.
    public func state() async throws -> InstanceState {
        guard let state = try await store.state(of: instance) else {
            throw StoreError(
                .instanceNotFound,
                "there is no instance \(instance): it was never started, was removed, or its retention has passed"
            )
        }
        return state
    }

    /// Where the instance is in its life.
    ///
    /// - Throws: `StoreError` with code `instanceNotFound`.
    public func status() async throws -> InstanceStatus { try await state().status }

    /// The whole history, event by event.
    ///
    /// - Throws: `StoreError` with code `instanceNotFound`.
    public func history() async throws -> [Event] {
        var events: [Event] = []
        while true {
            let page = try await store.history(of: instance, after: events.count, limit: 1000)
            guard !page.isEmpty else { return events }
            events.append(contentsOf: page)
        }
    }

    /// Sends a signal. It is kept until the workflow receives it.
    ///
    /// - Parameter id: Makes sending idempotent: of all signals to this instance with the same id one arrives.
    /// - Throws: `StoreError` with code `instanceNotFound` or `instanceFinished`.
    public func signal<Value>(_ signal: Signal<Value>, _ value: Value, id: String? = nil) async throws {
        try IdentifierRules.check(signal.name, subject: "signal name")
        let input = EventBody.signalReceived(name: signal.name, try coder.encode(value))
        try await store.deliver(input, to: instance, execution: nil, id: id)
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
        guard reason.utf8.count <= Failure.maximumMessageBytes else {
            throw StoreError(
                .payloadTooLarge,
                "the reason has \(reason.utf8.count) bytes, at most \(Failure.maximumMessageBytes) are allowed"
            )
        }
        // With an id, so that the store may repeat it when an answer was lost.
        let id = "cancel-\(ExecutionID.random())"
        try await store.deliver(.cancelRequested(reason: reason), to: instance, execution: nil, id: id)
    }

    /// Deletes the instance and everything of it, once it has finished.
    ///
    /// - Throws: `StoreError` with code `instanceNotFound` or `instanceOpen`.
    public func remove() async throws { try await store.remove(instance) }
}
