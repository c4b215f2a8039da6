import AloftCore

/// Something that an open instance waits for.
public struct WaitView: Hashable, Sendable, Codable {
    public enum Kind: String, Hashable, Sendable, Codable {
        case start
        case activity
        case timer
        case signal
        case subWorkflow
        case outgoingSignal
        case condition
    }

    public var kind: Kind
    /// The name of the activity, timer, signal or workflow.
    public var name: String
    /// Its command, if it has one.
    public var command: Int?
    /// Where the code waits, "Orders/Fulfilment.swift:42", if the execution said so.
    public var location: String?
    /// When it ends by itself, or is tried next.
    public var until: Moment?
    /// Where it stands: "attempt 3, next in 12 s; last error: CardDeclined: no funds".
    public var detail: String?
    /// The sub-workflow that it waits for.
    public var instance: String?

    public init(
        kind: Kind,
        name: String,
        command: Int? = nil,
        location: String? = nil,
        until: Moment? = nil,
        detail: String? = nil,
        instance: String? = nil
    ) {
        self.kind = kind
        self.name = name
        self.command = command
        self.location = location
        self.until = until
        self.detail = detail
        self.instance = instance
    }
}

extension WaitView.Kind {
    /// For people.
    public var title: String {
        switch self {
        case .start: "start"
        case .activity: "activity"
        case .timer: "timer"
        case .signal: "signal"
        case .subWorkflow: "sub-workflow"
        case .outgoingSignal: "outgoing signal"
        case .condition: "condition"
        }
    }
}

extension WaitView {
    /// What an open instance waits for, as far as its state, its activities and its open commands tell.
    static func all(
        of state: InstanceState,
        pending: [PendingActivityView],
        open rows: [TimelineRow],
        now: Timestamp
    ) -> [WaitView] {
        guard !state.status.isFinished else { return [] }
        var waits: [WaitView] = []
        if let moment = state.startsAt {
            let left = Quantity.duration(moment - now)
            waits.append(
                WaitView(kind: .start, name: state.workflow, until: moment.moment, detail: "begins in \(left)")
            )
        }
        waits += pending.map { $0.wait(now: now) }
        let known = Set(pending.map(\.command))
        for row in rows where row.outcome == .waiting {
            guard let command = row.command, !known.contains(command), let wait = row.wait(now: now) else { continue }
            waits.append(wait)
        }
        return waits
    }
}

extension TimelineRow {
    fileprivate func wait(now: Timestamp) -> WaitView? {
        let kind: WaitView.Kind
        var detail: String?
        switch self.kind {
        case .timer:
            kind = .timer
            detail = due.map { $0.timestamp > now ? "fires in \(Quantity.duration($0.timestamp - now))" : "is due" }
        case .subWorkflow: kind = .subWorkflow
        case .outgoingSignal: kind = .outgoingSignal
        // Those without an outcome are among the pending, or are about to be told to the history.
        case .activity: return nil
        case .signal, .sideEffect, .cancelRequest: return nil
        }
        return WaitView(kind: kind, name: name, command: command, until: due, detail: detail, instance: instance)
    }
}
