public import AloftCore

/// One instance, from outside.
public struct InstanceHandle<Output: Sendable>: Sendable {
    /// Its id.
    public let instance: InstanceID
    let store: any WorkflowStore
    let coder: PayloadCoder
    let telemetry: Telemetry

    /// Waits until the instance has finished and returns its result. Woken by the store, does not poll.
    ///
    /// - Throws: `WorkflowError` if it failed, was cancelled or terminated, or timed out; `StoreError` with code
    ///   `instanceNotFound` if there is no such instance or its retention has passed; `PayloadError` if the result does not
    ///   decode; `CancellationError` if the calling task is cancelled.
    public func result() async throws -> Output {
        let completion = try await completion()
        switch completion {
        case .completed(let payload): return try coder.decode(Output.self, from: payload)
        case .failed(let failure), .cancelled(let failure), .terminated(let failure), .timedOut(let failure):
            throw WorkflowError(instance: instance, status: completion.status, failure: failure, coder: coder)
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
}
