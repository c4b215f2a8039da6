public import AloftCore
public import Foundation

/// How an instance is started.
public struct StartOptions: Sendable {
    /// When its code begins to run. It takes signals from the start, and a cancel does not wait.
    public var moment: StartMoment
    /// After which time it is ended as ``InstanceStatus/timedOut``, its continuations included; counted from `moment`.
    /// `nil`: never.
    public var executionTimeout: Duration?
    /// How long it is kept after it has finished; `nil`: as the store is set.
    public var retention: Duration?
    /// For people and programs that list instances; workflow code does not see it. Counts as a payload for its size.
    public var memo: [String: String]
    /// What to do if an instance of that id is open.
    public var conflictPolicy: IDConflictPolicy
    /// What to do if an instance of that id has finished and is still retained. By default that is an error: an id stands
    /// for one piece of work, and repeating a start must not do it twice.
    public var reusePolicy: IDReusePolicy

    public init(
        moment: StartMoment = .now,
        executionTimeout: Duration? = nil,
        retention: Duration? = nil,
        memo: [String: String] = [:],
        conflictPolicy: IDConflictPolicy = .fail,
        reusePolicy: IDReusePolicy = .reject
    ) {
        self.moment = moment
        self.executionTimeout = executionTimeout
        self.retention = retention
        self.memo = memo
        self.conflictPolicy = conflictPolicy
        self.reusePolicy = reusePolicy
    }

    /// Joins an instance of that id, be it open or finished, if there is one.
    public static let joinExisting = StartOptions(conflictPolicy: .useExisting, reusePolicy: .useExisting)
}

extension StartMoment {
    /// At a date, by the clock of the store; at once if that has passed.
    public static func at(_ date: Date) -> StartMoment { .at(Timestamp(date)) }
}
