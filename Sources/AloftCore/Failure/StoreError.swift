/// What the infrastructure could not do. Errors of user code are ``Failure``s and never this.
public struct StoreError: Error, CustomStringConvertible {
    public var code: Code
    /// What happened, where, and what to do about it.
    public var message: String
    public var underlying: (any Error)?

    public init(_ code: Code, _ message: String, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.underlying = underlying
    }

    public var description: String {
        underlying.map { "\(code): \(message) (\($0))" } ?? "\(code): \(message)"
    }

    /// The codes; more may come.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        public let description: String

        /// There is no instance of that id: it never existed, or its retention has passed.
        public static let instanceNotFound = Code(description: "instance not found")
        /// The instance has finished, so it takes no signal and no cancel.
        public static let instanceFinished = Code(description: "instance finished")
        /// The instance is open, so it cannot be removed.
        public static let instanceOpen = Code(description: "instance open")
        /// An instance of that id exists already.
        public static let instanceAlreadyExists = Code(description: "instance already exists")
        /// A name or id that cannot be used.
        public static let invalidIdentifier = Code(description: "invalid identifier")
        /// A payload above the store's limit.
        public static let payloadTooLarge = Code(description: "payload too large")
        /// The instance has so many inputs waiting that it takes no more for now.
        public static let inboxFull = Code(description: "inbox full")
        /// A history above the store's limit.
        public static let historyTooLong = Code(description: "history too long")
        /// The store cannot be reached or refused the call; nothing was written.
        public static let unavailable = Code(description: "store unavailable")
        /// The call was sent and no answer came: it may have been carried out.
        public static let outcomeUnknown = Code(description: "outcome unknown")
        /// Settings, version or access rights are unsuitable; trying again does not help.
        public static let misconfigured = Code(description: "misconfigured")
        /// Data written by a newer version of Aloft than this one.
        public static let formatTooNew = Code(description: "format too new")
        /// Data that nobody should have written.
        public static let corrupt = Code(description: "corrupt data")
        /// This worker is no longer registered: it was silent for longer than its lease.
        public static let leaseLost = Code(description: "lease lost")
        /// The waiting task was cancelled.
        public static let cancelled = Code(description: "cancelled")
        /// The store was shut down.
        public static let shutdown = Code(description: "shut down")
    }
}
