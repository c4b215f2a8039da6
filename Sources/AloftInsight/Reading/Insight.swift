public import AloftCore

/// Reads what operators want to see, each answer in a bounded number of calls however much the store holds.
public struct Insight: Sendable {
    public let store: any WorkflowStore
    /// How payloads are shown.
    public var reader: PayloadReader

    /// For lists with conditions that few instances meet: how many pages are asked for before one is shown that is not full.
    private static let mostPages = 8
    /// Of a longer history the end is looked at.
    private static let mostEvents = 5_000
    /// Of one with larger payloads than these in all, only the very end.
    private static let mostBytes = 32 << 20
    private static let leastEvents = 50
    /// Of more activities in flight the first are looked at.
    static let mostActivities = 200

    public init(_ store: any WorkflowStore, reader: PayloadReader = PayloadReader()) {
        self.store = store
        self.reader = reader
    }

    /// - Throws: `StoreError` with code `instanceNotFound`.
    public func report(of instance: InstanceID) async throws -> InstanceReport {
        let state = try await state(of: instance)
        return try await report(of: state, pending: try await pending(of: state))
    }

    /// Those of its activities without an outcome that a report tells; `nil` if it has finished.
    package func pending(of state: InstanceState) async throws -> PendingActivityPage? {
        if state.status.isFinished { return nil }
        return try await store.pendingActivities(of: state.instance, after: nil, limit: Self.mostActivities)
    }

    /// - Parameter pending: What ``pending(of:)`` told.
    package func report(of state: InstanceState, pending: PendingActivityPage?) async throws -> InstanceReport {
        let instance = state.instance
        let start = max(0, state.historyLength - Self.mostEvents)
        let events = try await events(of: state, after: start)
        var first = events.first.flatMap { $0.number == 1 ? $0 : nil }
        if first == nil, !events.isEmpty {
            first = try await store.history(of: instance, execution: state.execution, after: 0, limit: 1).first
        }
        return InstanceReport(
            state,
            first: first,
            events: events,
            pending: pending?.activities ?? [],
            pendingCount: pending?.total ?? 0,
            now: store.now,
            reader: reader
        )
    }

    /// - Throws: `StoreError` with code `instanceNotFound`.
    public func state(of instance: InstanceID) async throws -> InstanceState {
        guard let state = try await store.state(of: instance) else {
            throw StoreError(
                .instanceNotFound,
                "there is no instance \"\(instance.rawValue.visible)\": it was never started, was removed, or its "
                    + "retention has passed"
            )
        }
        return state
    }

    /// A page of a history.
    ///
    /// - Parameters:
    ///   - execution: `nil`: the last.
    ///   - limit: How many events, roughly; at most 1,000.
    ///   - names: Names of commands that were scheduled before this part; those of the part itself are known.
    /// - Throws: `StoreError` with code `instanceNotFound`.
    public func history(
        of instance: InstanceID,
        execution: ExecutionID? = nil,
        after number: Int = 0,
        limit: Int = 100,
        names: [CommandID: String] = [:]
    ) async throws -> HistoryPageView {
        let state = try await state(of: instance)
        let execution = execution ?? state.execution
        let limit = min(max(1, limit), 1_000)
        let events = try await store.history(of: instance, execution: execution, after: number, limit: limit + 1)
        let isMore = events.count > limit
        let page = isMore ? events.dropLast(events.count - limit) : events[...]
        var names = names
        for event in page { if let (command, name) = event.commandName { names[command] = name } }
        return HistoryPageView(
            instance: instance.rawValue,
            execution: execution.rawValue,
            events: page.map { HistoryLine($0, names: names, reader: reader) },
            next: isMore ? page.last?.number : nil
        )
    }

    /// - Parameter limit: At most 500.
    /// - Throws: `StoreError`.
    public func instances(
        matching filter: InstanceFilter = InstanceFilter(),
        after cursor: InstanceCursor? = nil,
        limit: Int = 50
    ) async throws -> InstanceListView {
        let limit = min(max(1, limit), 500)
        var found: [InstanceState] = []
        var cursor = cursor
        for page in 1...Self.mostPages {
            let part = try await store.instances(matching: filter, after: cursor, limit: limit - found.count)
            found += part.instances
            cursor = part.next
            if cursor == nil || found.count >= limit || page == Self.mostPages { break }
        }
        return InstanceListView(
            instances: try await views(of: found),
            next: cursor.map(PageCursor.text),
            isPartial: cursor != nil && found.count < limit
        )
    }

    private func events(of state: InstanceState, after start: Int) async throws -> [Event] {
        var events: [Event] = []
        var bytes = 0
        while events.count < Self.mostEvents {
            let page = try await page(of: state, after: events.last?.number ?? start)
            guard !page.isEmpty else { break }
            events += page
            bytes += page.reduce(0) { $0 + $1.body.largestPayload }
            let end = state.historyLength - Self.leastEvents
            if bytes > Self.mostBytes, let last = events.last, last.number < end {
                return try await self.end(of: state, after: end)
            }
        }
        return events
    }

    private func end(of state: InstanceState, after number: Int) async throws -> [Event] {
        var events: [Event] = []
        while events.count <= 2 * Self.leastEvents {
            let page = try await page(of: state, after: events.last?.number ?? number)
            guard !page.isEmpty else { break }
            events += page
        }
        return events
    }

    private func page(of state: InstanceState, after number: Int) async throws(StoreError) -> [Event] {
        try await store.history(of: state.instance, execution: state.execution, after: number, limit: 1_000)
    }
}
