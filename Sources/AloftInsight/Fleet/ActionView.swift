public import AloftCore

/// Something that was done by hand, as it is shown.
public struct ActionView: Hashable, Sendable, Codable {
    public var time: Moment
    /// The name of a token, or of a user.
    public var who: String
    /// An address, or the name of a host.
    public var from: String
    public var action: String
    /// Which instance; `nil` if it is about many.
    public var instance: String?
    /// Which of them, where it is about many: conditions, or ids.
    public var subject: String?
    /// Why, if somebody said so.
    public var reason: String?
    /// "done", or why not.
    public var outcome: String
    public var isFailure: Bool

    public init(_ action: OperatorAction) {
        time = action.moment.moment
        who = action.who
        from = action.from
        self.action = action.action
        instance = action.isAboutOne ? action.subject : nil
        subject = action.isAboutOne ? nil : action.subject
        reason = action.reason
        outcome = action.outcome
        isFailure = action.isFailure
    }
}

extension Insight {
    /// What was done by hand, the last first; nothing if the store keeps none.
    ///
    /// - Throws: `StoreError`.
    public func actions(limit: Int = 100) async throws -> [ActionView] {
        guard let log = store as? any OperatorLog else { return [] }
        return try await log.lastActions(limit).map { ActionView($0) }
    }
}
