/// Something that an execution did or that happened to it, with its extent in time.
public struct TimelineRow: Hashable, Sendable, Codable {
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        case activity
        case timer
        case signal
        case subWorkflow
        case sideEffect
        case outgoingSignal
        case cancelRequest
    }

    public enum Outcome: String, Hashable, Sendable, Codable {
        /// An activity or a sub-workflow came to its end.
        case completed
        case failed
        /// A timer.
        case fired
        case cancelled
        /// A signal that came in, or that its receiver has.
        case delivered
        /// A side effect, whose value is in the history.
        case recorded
        /// Without an outcome yet.
        case waiting
        /// Without an outcome when the execution ended.
        case dropped
    }

    public var kind: Kind
    public var name: String
    /// The command that it belongs to; `nil` for what came from outside.
    public var command: Int?
    /// The number of the event with which it began.
    public var event: Int
    public var from: Moment
    /// `nil` while it has no outcome.
    public var to: Moment?
    public var outcome: Outcome
    /// The attempt that an activity without an outcome is at. Histories do not hold how many it took.
    public var attempt: Int?
    /// When a timer fires.
    public var due: Moment?
    /// The sub-workflow, or who gets the signal.
    public var instance: String?
    /// The error, in a line.
    public var error: String?
    /// How many things of the same kind and name this row stands for, where there were too many for a row each.
    public var count: Int
    /// How many of these failed.
    public var failures: Int

    public init(
        kind: Kind,
        name: String,
        command: Int? = nil,
        event: Int,
        from: Moment,
        to: Moment? = nil,
        outcome: Outcome = .waiting
    ) {
        self.kind = kind
        self.name = name
        self.command = command
        self.event = event
        self.from = from
        self.to = to
        self.outcome = outcome
        count = 1
        failures = 0
    }
}

extension TimelineRow.Kind {
    /// For people.
    public var title: String {
        switch self {
        case .activity: "activity"
        case .timer: "timer"
        case .signal: "signal"
        case .subWorkflow: "sub-workflow"
        case .sideEffect: "side effect"
        case .outgoingSignal: "outgoing signal"
        case .cancelRequest: "cancel request"
        }
    }
}
