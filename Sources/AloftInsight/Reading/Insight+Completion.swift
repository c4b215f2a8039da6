public import AloftCore

extension Insight {
    /// How an instance ended. One that has ended is only read: waiting leaves a name in the store, for which whoever may just look
    /// has no right.
    ///
    /// - Parameter limit: How long to wait for the end; zero: not at all; `nil`: for ever.
    /// - Returns: `nil` if it has not ended by then.
    /// - Throws: `StoreError` with code `instanceNotFound`.
    public func completion(of instance: InstanceID, within limit: Duration?) async throws -> Completion? {
        let state = try await state(of: instance)
        if let completion = try await completion(of: state) { return completion }
        guard let limit else { return try await store.completion(of: instance) }
        // One that has ended, but whose last event was gone: another may have taken its place just now.
        guard limit > .zero || state.status.isFinished else { return nil }
        return try await waited(for: instance, max(limit, .milliseconds(50)))
    }

    private func completion(of state: InstanceState) async throws -> Completion? {
        guard state.status.isFinished else { return nil }
        let last = try await store.history(
            of: state.instance,
            execution: state.execution,
            after: state.historyLength - 1,
            limit: 1
        )
        return last.last.flatMap { Completion($0.body) }
    }

    private func waited(for instance: InstanceID, _ limit: Duration) async throws -> Completion? {
        let store = store
        return try await withThrowingTaskGroup(of: Completion?.self) { group in
            group.addTask { try await store.completion(of: instance) }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next().flatMap(\.self)
        }
    }
}
