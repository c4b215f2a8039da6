public import AloftCore

/// All that is shown of one instance, but for its history event by event.
public struct InstanceReport: Hashable, Sendable, Codable {
    public struct Child: Hashable, Sendable, Codable {
        public var id: String
        public var workflow: String
        public var command: Int?
        public var outcome: TimelineRow.Outcome
    }

    public var instance: InstanceView
    public var input: PayloadView?
    /// What it returned.
    public var result: PayloadView?
    /// How it ended otherwise.
    public var failure: FailureView?
    /// Activities that have no outcome yet, the first two hundred.
    public var pendingActivities: [PendingActivityView]
    /// How many there are in all.
    public var pendingActivityCount: Int
    /// The sub-workflows that it has started, the last hundred.
    public var children: [Child]
    public var timeline: Timeline
    /// When this was true, by the clock of the store.
    public var readAt: Moment

    private static let mostChildren = 100

    /// - Parameters:
    ///   - first: The first event of the execution, for its input.
    ///   - events: The history or the end of it.
    ///   - pendingCount: How many activities are pending, if `pending` holds not all of them.
    ///   - reader: How payloads are shown.
    public init(
        _ state: InstanceState,
        first: Event?,
        events: [Event],
        pending: [PendingActivity],
        pendingCount: Int? = nil,
        now: Timestamp,
        reader: PayloadReader = PayloadReader()
    ) {
        pendingActivities = pending.map { PendingActivityView($0, reader: reader) }
        pendingActivityCount = pendingCount ?? pending.count
        timeline = Timeline(events, pending: pendingActivities, now: now)
        readAt = now.moment
        if case .started(let started) = first?.body { input = reader.view(started.input) }
        switch events.last.flatMap({ Completion($0.body) }) {
        case .completed(let payload): result = reader.view(payload)
        case .failed(let failure), .cancelled(let failure), .terminated(let failure), .timedOut(let failure):
            self.failure = FailureView(failure, reader: reader)
        case .continuedAsNew, nil: break
        }
        var finder = WaitFinder(state, pending: pendingActivities, open: timeline.rows, now: now)
        instance = InstanceView(state, waits: finder.find())
        children = Self.children(of: timeline)
    }

    /// The sub-workflows that a timeline tells of, the last hundred.
    package static func children(of timeline: Timeline) -> [Child] {
        timeline.rows.filter { $0.kind == .subWorkflow }.suffix(mostChildren).map {
            Child(id: $0.instance ?? "", workflow: $0.name, command: $0.command, outcome: $0.outcome)
        }
    }
}
