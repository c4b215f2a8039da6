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
        /// Another task of the same execution, or several things at once, in the words of `name`.
        case other
    }

    public var kind: Kind
    /// The name of the activity, timer, signal or workflow.
    public var name: String
    /// How many alike it waits for.
    public var count: Int
    /// Its command, if it has one; of several, that of the first.
    public var command: Int?
    /// Where the code waits, "Orders/Fulfilment.swift:42", if the execution said so.
    public var location: String?
    /// When it ends by itself, or is tried next.
    public var until: Moment?
    /// Where it stands: "attempt 3, next in 12 s, last error: CardDeclined: no funds".
    public var detail: String?
    /// The sub-workflow that it waits for.
    public var instance: String?

    public init(
        kind: Kind,
        name: String,
        count: Int = 1,
        command: Int? = nil,
        location: String? = nil,
        until: Moment? = nil,
        detail: String? = nil,
        instance: String? = nil
    ) {
        self.kind = kind
        self.name = name
        self.count = count
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
        case .other: "code"
        }
    }
}

extension WaitView {
    /// "Orders.swift:42 waits for Payments.charge, attempt 3, next in 12 s, last error: CardDeclined: no funds"
    public var text: String {
        let file = location.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
        let line = "\(file.map { "\($0.visible) waits" } ?? "waits") for \(subject.visible)"
        return detail.map { "\(line), \($0)" } ?? line
    }

    /// "Payments.charge", "signal approval", "3 × timer patience"
    public var subject: String {
        let one =
            switch kind {
            case .start: "its start"
            case .activity, .other: name
            case .timer: "timer \(name)"
            case .signal: "signal \(name)"
            case .subWorkflow: instance.map { "sub-workflow \(name) (\($0))" } ?? "sub-workflow \(name)"
            case .outgoingSignal: "the delivery of signal \(name)"
            case .condition: "a condition"
            }
        return count > 1 ? "\(Quantity.count(count)) × \(one)" : one
    }
}
