internal import AloftCore

/// How often something is to happen.
///
/// ```swift
/// tester.expect(Charge.self, times: 2)
/// tester.expect(Refund.self, times: .never)
/// ```
public struct ExpectedCount: Hashable, Sendable, ExpressibleByIntegerLiteral, CustomStringConvertible {
    private let lowest: Int
    private let highest: Int?

    private init(lowest: Int, highest: Int?) {
        self.lowest = lowest
        self.highest = highest
    }

    public init(integerLiteral count: Int) { self.init(lowest: count, highest: count) }

    public static func exactly(_ count: Int) -> ExpectedCount { ExpectedCount(lowest: count, highest: count) }
    public static func atLeast(_ count: Int) -> ExpectedCount { ExpectedCount(lowest: count, highest: nil) }
    public static func atMost(_ count: Int) -> ExpectedCount { ExpectedCount(lowest: 0, highest: count) }
    public static let once = exactly(1)
    public static let never = exactly(0)

    func allows(_ count: Int) -> Bool { count >= lowest && count <= highest ?? .max }

    public var description: String {
        switch (lowest, highest) {
        case (_, nil): "at least \(Self.text(lowest))"
        case (0, 0?): "never"
        case (let lowest, let highest?) where lowest == highest: Self.text(lowest)
        case (_, let highest?): "at most \(Self.text(highest))"
        }
    }

    static func text(_ count: Int) -> String {
        switch count {
        case 0: "never"
        case 1: "once"
        default: "\(count) times"
        }
    }
}

/// Something that a test expects.
struct Expectation: Sendable {
    enum Subject: String, Sendable { case activity, workflow }

    var subject: Subject
    var name: String
    var count: ExpectedCount
    var location: String
    /// Whether it asks for certain inputs only.
    var isConditional: Bool
    var isMet: @Sendable (Payload) -> Bool
    /// The length of the log when it was set.
    var start: Int

    /// What is wrong, in words; `nil` when it is met.
    func complaint(about log: [Occurrence]) -> String? {
        let relevant = log.dropFirst(start).filter { $0.name == name && $0.isRun(of: subject) }
        let found = relevant.count { $0.input.map(isMet) ?? false }
        guard !count.allows(found) else { return nil }
        let verb = subject == .activity ? "run" : "started"
        var text = "\(subject.rawValue) \(name) was expected to be \(verb) \(count)"
        if isConditional { text += " with an input that meets its condition" }
        text += " (\(location)), and was \(verb) \(ExpectedCount.text(found))"
        if isConditional, relevant.count != found { text += ", with other inputs \(relevant.count - found) more" }
        return text
    }
}

extension Occurrence {
    func isRun(of subject: Expectation.Subject) -> Bool {
        switch (kind, subject) {
        case (.activityRan, .activity), (.workflowStarted, .workflow): true
        default: false
        }
    }
}
