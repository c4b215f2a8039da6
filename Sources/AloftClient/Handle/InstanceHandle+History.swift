public import AloftCore

extension InstanceHandle {
    /// The whole history, event by event.
    ///
    /// - Parameter execution: An earlier execution of an instance that continued as new, if the store still keeps its history;
    ///   `nil`: the last.
    /// - Throws: `StoreError` with code `instanceNotFound`.
    public func history(of execution: ExecutionID? = nil) async throws -> [Event] {
        if let execution { return try await wholeHistory(of: execution) }
        // Of one execution, whatever comes between two pages: half of one and half of the next is no history.
        var last = try await state().execution
        while true {
            do {
                return try await wholeHistory(of: last)
            } catch let error as StoreError where error.code == .instanceNotFound {
                let next = try await state().execution
                guard next != last else { throw error }
                last = next
            }
        }
    }

    private func wholeHistory(of execution: ExecutionID) async throws -> [Event] {
        var events: [Event] = []
        while true {
            let page = try await store.history(of: instance, execution: execution, after: events.count, limit: 1000)
            guard !page.isEmpty else { return events }
            events.append(contentsOf: page)
        }
    }

    /// The activities that have no outcome yet: which attempt each is at, when the next comes, and how the last one failed. All of
    /// them, read in bounded pages; what ends or begins meanwhile may be among them or not.
    ///
    /// - Throws: `StoreError` with code `instanceNotFound`.
    public func pendingActivities() async throws -> [PendingActivity] {
        try await store.pendingActivities(of: instance)
    }
}
