public import AloftCore

extension MemoryStore {
    public func removeFinished(
        _ statuses: Set<InstanceStatus>,
        before moment: Timestamp,
        limit: Int
    ) async throws(StoreError) -> Removal { throw StoreError(.unavailable, "to be built") }

    public func instances(
        matching filter: InstanceFilter,
        after cursor: InstanceCursor?,
        limit: Int
    ) async throws(StoreError) -> InstancePage { throw StoreError(.unavailable, "to be built") }

    public func instanceCounts() async throws(StoreError) -> [InstanceStatus: Int] {
        throw StoreError(.unavailable, "to be built")
    }

    public func queueStates() async throws(StoreError) -> [QueueState] { throw StoreError(.unavailable, "to be built") }

    public func pendingActivities(of instance: InstanceID) async throws(StoreError) -> [PendingActivity] {
        throw StoreError(.unavailable, "to be built")
    }
}
