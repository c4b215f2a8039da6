public import AloftCore

extension MemoryStore {
    public func recentlyFinished(
        _ statuses: Set<InstanceStatus>,
        limit: Int
    ) async throws(StoreError) -> [InstanceState] {
        try update { state throws(StoreError) in state.recentlyFinished(statuses, limit: limit) }
    }

    public func retryNow(_ command: CommandID, of instance: InstanceID) async throws(StoreError) -> Bool {
        try instance.validated()
        return try update { state throws(StoreError) in try state.retryNow(command, of: instance) }
    }

    public func workers() async throws(StoreError) -> [WorkerState] {
        try update { state throws(StoreError) in Array(state.workerStates.prefix(1_000)) }
    }

    public func work(of worker: WorkerID, limit: Int) async throws(StoreError) -> [HeldWork] {
        try worker.validated()
        return try update { state throws(StoreError) in state.work(of: worker, limit: min(limit, 100)) }
    }
}
