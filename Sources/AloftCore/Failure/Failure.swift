/// An error as it is stored and crosses processes: everything a `catch` may want, without the Swift type.
public struct Failure: Hashable, Sendable {
    /// What kind of thing went wrong; decides which Swift error the waiting code catches.
    public var kind: Kind
    /// The name of the Swift type that was thrown, without its module: "CardDeclined".
    public var type: String
    /// The error in words.
    public var message: String
    /// The error itself, if it is `Codable`.
    public var details: Payload?
    /// Whether retrying cannot help.
    public var isPermanent: Bool
    /// What led to it, nearest first: the chain flattened, so that its depth is bounded by its length.
    public var causes: [Cause]
    /// Where it was thrown, if that was captured.
    public var backtrace: String?

    /// A link of the cause chain.
    public struct Cause: Hashable, Sendable {
        public var type: String
        public var message: String

        public init(type: String, message: String) {
            self.type = type
            self.message = message
        }
    }

    /// The kinds of failure; more may come.
    public struct Kind: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// User code threw.
        public static let thrown = Kind(rawValue: 0)
        /// A time limit passed.
        public static let timeout = Kind(rawValue: 1)
        /// The worker process died while running it, too often.
        public static let crash = Kind(rawValue: 2)
        /// It was cancelled.
        public static let cancelled = Kind(rawValue: 3)
        /// An instance was ended from outside.
        public static let terminated = Kind(rawValue: 4)
        /// The id is used by an open instance.
        public static let alreadyExists = Kind(rawValue: 5)
        /// There is no such instance.
        public static let notFound = Kind(rawValue: 6)
        /// The instance has finished.
        public static let finished = Kind(rawValue: 7)
        /// Something was too large, too long or too many.
        public static let limit = Kind(rawValue: 8)
        /// No worker of the fleet knew the workflow or the activity.
        public static let unknownType = Kind(rawValue: 9)

        public var description: String {
            switch self {
            case .thrown: "thrown"
            case .timeout: "timeout"
            case .crash: "crash"
            case .cancelled: "cancelled"
            case .terminated: "terminated"
            case .alreadyExists: "already exists"
            case .notFound: "not found"
            case .finished: "finished"
            case .limit: "limit"
            case .unknownType: "unknown type"
            default: "kind \(rawValue)"
            }
        }
    }

    public init(
        kind: Kind = .thrown,
        type: String,
        message: String,
        details: Payload? = nil,
        isPermanent: Bool = false,
        causes: [Cause] = [],
        backtrace: String? = nil
    ) {
        self.kind = kind
        self.type = type
        self.message = message
        self.details = details
        self.isPermanent = isPermanent
        self.causes = causes
        self.backtrace = backtrace
    }
}

extension Failure: CustomStringConvertible {
    public var description: String {
        let chain = causes.map { "; caused by \($0.type): \($0.message)" }.joined()
        return "\(type): \(message)\(chain)"
    }
}
