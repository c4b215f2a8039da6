public import AloftCore

extension MemoryStore {
    public func instances(
        matching filter: InstanceFilter,
        after cursor: InstanceCursor?,
        limit: Int
    ) async throws(StoreError) -> InstancePage {
        try update { state throws(StoreError) in state.instances(matching: filter, after: cursor, limit: limit) }
    }

    public func instanceCounts() async throws(StoreError) -> [InstanceStatus: Int] {
        try update { state throws(StoreError) in state.instanceCounts }
    }

    public func quarantinedCount() async throws(StoreError) -> Int {
        try update { state throws(StoreError) in state.instances.values.count(where: \.state.isQuarantined) }
    }

    public func queueStates() async throws(StoreError) -> [QueueState] {
        try update { state throws(StoreError) in state.queueStates }
    }

    public func pendingActivities(
        of instance: InstanceID,
        after command: CommandID?,
        limit: Int
    ) async throws(StoreError) -> PendingActivityPage {
        try instance.validated()
        return try update { state throws(StoreError) in
            try state.pendingActivities(of: instance, after: command, limit: limit)
        }
    }

    public func removeFinished(
        _ statuses: Set<InstanceStatus>,
        before moment: Timestamp,
        limit: Int
    ) async throws(StoreError) -> Removal {
        try update { state throws(StoreError) in state.removeFinished(statuses, before: moment, limit: limit) }
    }
}
