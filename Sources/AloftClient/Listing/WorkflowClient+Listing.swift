public import AloftCore
public import Foundation

extension WorkflowClient {
    /// Instances, open and finished, newest first; read page by page as the sequence is consumed.
    ///
    /// ```swift
    /// for try await instance in client.instances(matching: InstanceFilter(statuses: [.failed])) { … }
    /// ```
    /// Instances that are started meanwhile are not among them, and none that stays comes twice.
    /// - Parameter pageSize: How many are asked for at a time; at least 1.
    public func instances(
        matching filter: InstanceFilter = InstanceFilter(),
        pageSize: Int = 100
    ) -> InstanceList {
        InstanceList(store: store, filter: filter, pageSize: max(1, pageSize))
    }

    /// One page of instances, for programs that show pages.
    ///
    /// - Throws: `StoreError`.
    public func instancePage(
        matching filter: InstanceFilter = InstanceFilter(),
        after cursor: InstanceCursor? = nil,
        limit: Int = 100
    ) async throws -> InstancePage {
        try await store.instances(matching: filter, after: cursor, limit: max(1, limit))
    }

    /// How many instances there are of each status.
    ///
    /// - Throws: `StoreError`.
    public func instanceCounts() async throws -> [InstanceStatus: Int] { try await store.instanceCounts() }

    /// The queues that have tasks or live workers: how much waits in each, and since when.
    ///
    /// - Throws: `StoreError`.
    public func queueStates() async throws -> [QueueState] { try await store.queueStates() }

    /// Lets quarantined instances go on, as ``InstanceHandle/release()`` does for one: say, all of a workflow after a
    /// deployment that mends it.
    ///
    /// ```swift
    /// try await client.releaseQuarantined(matching: InstanceFilter(workflow: "Fulfilment"))
    /// ```
    /// Those that are quarantined meanwhile may be among them or not. Goes through the list of open instances in pages, so
    /// it takes longer the more of them there are.
    /// - Parameter filter: Which; its conditions on status and quarantine are not needed.
    /// - Returns: How many were released. When it throws, some may have been.
    /// - Throws: `StoreError`; `CancellationError` between two pages.
    @discardableResult
    public func releaseQuarantined(matching filter: InstanceFilter = InstanceFilter()) async throws -> Int {
        var filter = filter
        filter.isQuarantined = true
        var released = 0
        var cursor: InstanceCursor?
        repeat {
            try Task.checkCancellation()
            let page = try await store.instances(matching: filter, after: cursor, limit: 100)
            if !page.instances.isEmpty {
                released += try await store.liftQuarantine(of: page.instances.map(\.instance))
            }
            cursor = page.next
        } while cursor != nil
        return released
    }

    /// Deletes finished instances, and everything of them, before their retention ends.
    ///
    /// - Parameters:
    ///   - statuses: Those that ended so; empty: in any way.
    ///   - date: Those that finished before it; `nil`: all.
    /// - Returns: How many were removed. When it throws, some may have been.
    /// - Throws: `StoreError`; `CancellationError` between two steps.
    @discardableResult
    public func removeFinished(_ statuses: Set<InstanceStatus> = [], before date: Date? = nil) async throws -> Int {
        let moment = date.map { Timestamp($0) } ?? Timestamp(milliseconds: .max)
        var removed = 0
        while true {
            try Task.checkCancellation()
            let removal = try await store.removeFinished(statuses, before: moment, limit: 500)
            removed += removal.removed
            guard removal.isMoreToRemove else { return removed }
        }
    }
}
