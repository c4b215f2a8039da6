public import AloftCore

extension Insight {
    /// So many of a list are looked at more closely.
    private static let mostLookedAt = 100
    /// What has a longer history may have more activities in flight than a list should read.
    private static let longestHistory = 1_000

    /// An instance without its history.
    ///
    /// - Throws: `StoreError` with code `instanceNotFound`.
    public func view(of instance: InstanceID) async throws -> InstanceView {
        let state = try await state(of: instance)
        return try await views(of: [state]).first ?? InstanceView(state, now: store.now)
    }

    /// Instances as a list shows them: those that wait for activities with how these fare. One more read for each of these,
    /// side by side, for the first hundred.
    ///
    /// - Throws: `StoreError`.
    public func views(of states: [InstanceState]) async throws -> [InstanceView] {
        let now = store.now
        var views = states.map { InstanceView($0, now: now) }
        let waiting = states.indices.filter { states[$0].waitsForActivities }.prefix(Self.mostLookedAt)
        try await withThrowingTaskGroup(of: (Int, [PendingActivity]?).self) { group in
            for index in waiting where states[index].historyLength <= Self.longestHistory {
                group.addTask { (index, try await pending(of: states[index].instance)) }
            }
            for try await (index, pending) in group {
                guard let pending else { continue }
                let shown = pending.map { PendingActivityView($0, reader: reader) }
                views[index] = InstanceView(states[index], pending: shown, now: now)
            }
        }
        return views
    }

    /// - Returns: `nil` if the instance has gone since it was listed.
    private func pending(of instance: InstanceID) async throws -> [PendingActivity]? {
        do {
            return try await store.pendingActivities(of: instance, after: nil, limit: Self.mostActivities).activities
        } catch  where error.code == .instanceNotFound {
            return nil
        }
    }
}

extension InstanceState {
    fileprivate var waitsForActivities: Bool { !status.isFinished && waits.waits.contains { $0.kind == .activity } }
}
