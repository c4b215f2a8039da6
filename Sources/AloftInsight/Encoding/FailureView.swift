public import AloftCore

/// An error as it is shown.
public struct FailureView: Hashable, Sendable, Codable {
    public struct Cause: Hashable, Sendable, Codable {
        public var type: String
        public var message: String
    }

    /// "thrown", "timeout", "crash", …
    public var kind: String
    /// The name of the Swift type that was thrown.
    public var type: String
    public var message: String
    /// Whether trying again cannot help.
    public var isPermanent: Bool
    /// What led to it, nearest first.
    public var causes: [Cause]
    public var details: PayloadView?
    /// Where it was thrown, if that was captured.
    public var backtrace: String?

    public init(_ failure: Failure, reader: PayloadReader = PayloadReader()) {
        kind = failure.kind.description
        type = failure.type
        message = failure.message
        isPermanent = failure.isPermanent
        causes = failure.causes.map { Cause(type: $0.type, message: $0.message) }
        details = failure.details.map { reader.view($0) }
        backtrace = failure.backtrace
    }

    /// "CardDeclined: no funds"
    public var summary: String { "\(type): \(message)".visible.shortened(to: 300) }
}
