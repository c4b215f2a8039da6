public import AloftCore

extension Insight {
    /// - Throws: `StoreError`.
    public func counts() async throws -> CountsView { CountsView(try await store.instanceCounts()) }

    /// By name.
    ///
    /// - Throws: `StoreError`.
    public func queues() async throws -> [QueueView] {
        let states = try await store.queueStates()
        let now = store.now
        return states.map { QueueView($0, now: now) }
    }

    /// The oldest first.
    ///
    /// - Throws: `StoreError`.
    public func workers() async throws -> [WorkerView] {
        let states = try await store.workers()
        let now = store.now
        return states.map { WorkerView($0, now: now) }
    }

    /// A sample of what a worker has in hand.
    ///
    /// - Throws: `StoreError`.
    public func work(of worker: WorkerID, limit: Int = 50) async throws -> [WorkView] {
        try await store.work(of: worker, limit: limit).map { WorkView($0) }
    }

    /// What failed or timed out last.
    ///
    /// - Throws: `StoreError`.
    public func recentFailures(limit: Int = 10) async throws -> [InstanceView] {
        try await store.recentlyFinished([.failed, .timedOut], limit: limit).map { InstanceView($0, now: store.now) }
    }
}
