/// Something that was done to instances by hand, or was to be.
public struct OperatorAction: Hashable, Sendable, Codable {
    public var moment: Timestamp
    /// The name of a token, or of a user.
    public var who: String
    /// An address, or the name of a host.
    public var from: String
    /// "cancel", "terminate", "signal approval", …
    public var action: String
    /// Which instance, or which of them: the conditions that selected them, or their ids.
    public var subject: String
    /// Whether the subject is the id of an instance.
    public var isAboutOne: Bool
    /// "done", or why not.
    public var outcome: String
    public var isFailure: Bool
    /// Why, as whoever did it said; `nil` if they did not.
    public var reason: String?

    public init(
        moment: Timestamp,
        who: String,
        from: String,
        action: String,
        subject: String,
        isAboutOne: Bool = true,
        outcome: String = "done",
        isFailure: Bool = false,
        reason: String? = nil
    ) {
        self.moment = moment
        self.who = who
        self.from = from
        self.action = action
        self.subject = subject
        self.isAboutOne = isAboutOne
        self.outcome = outcome
        self.isFailure = isFailure
        self.reason = reason
    }

    /// With texts of at most 1,000 bytes each, so that a list of actions stays small.
    package var bounded: OperatorAction {
        func cut(_ text: String) -> String {
            text.utf8.count <= 1_000 ? text : String(decoding: text.utf8.prefix(1_000), as: UTF8.self) + "…"
        }
        var action = self
        action.who = cut(who)
        action.from = cut(from)
        action.action = cut(self.action)
        action.subject = cut(subject)
        action.outcome = cut(outcome)
        action.reason = reason.map(cut)
        return action
    }
}

/// A store that remembers what was done by hand, for whoever asks who did that. The dashboard and the command line note what
/// they do; clients of a program do not.
public protocol OperatorLog: WorkflowStore {
    /// Notes an action. The last thousand are kept.
    func note(_ action: OperatorAction) async throws(StoreError)

    /// What was noted last, the last first.
    ///
    /// - Parameter limit: At most 1,000.
    func lastActions(_ limit: Int) async throws(StoreError) -> [OperatorAction]
}

extension OperatorLog {
    /// How many actions are kept.
    package static var keptActions: Int { 1_000 }
}
