/// A part of an audit: what was looked at, and what of it contradicts what must always hold.
public struct AuditReport: Hashable, Sendable {
    /// Real contradictions, not what is merely on its way.
    public var findings: [AuditFinding]
    /// How many instances were looked at. While others come and go one may be counted twice.
    public var instances: Int
    /// Where the audit goes on; `nil` at its end.
    public var next: AuditCursor?

    public init(findings: [AuditFinding] = [], instances: Int = 0, next: AuditCursor? = nil) {
        self.findings = findings
        self.instances = instances
        self.next = next
    }

    /// How many of the findings were repaired.
    public var repaired: Int { findings.count(where: \.isRepaired) }
}

/// A place in an audit. Only the store that gave it can read it.
public struct AuditCursor: Hashable, Sendable {
    public var place: String

    public init(place: String) { self.place = place }
}

/// Something that contradicts what must always hold in a store.
public struct AuditFinding: Hashable, Sendable, CustomStringConvertible {
    public var kind: Kind
    /// The instance that it is about, if it is about one.
    public var instance: InstanceID?
    /// What is wrong, in words, without the instance.
    public var text: String
    /// Whether it was repaired. What has been handed over to the next tick of a worker counts as repaired.
    public var isRepaired: Bool

    public init(_ kind: Kind, _ instance: InstanceID?, _ text: String, isRepaired: Bool = false) {
        self.kind = kind
        self.instance = instance
        self.text = text
        self.isRepaired = isRepaired
    }

    public var description: String {
        let subject = instance.map { "instance \($0): " } ?? ""
        return "\(kind): \(subject)\(text)\(isRepaired ? " (repaired)" : "")"
    }

    /// What kind of contradiction; more may come.
    public struct Kind: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public var description: String { rawValue }

        /// An open instance has inputs and no workflow task, or one that is in no queue. Repaired: queued again.
        public static let lostTask = Kind(rawValue: "lost task")
        /// An activity is neither queued, nor with a worker, nor waiting for its next try. Repaired: queued again; with its
        /// first attempt, if nothing but the history knows of it.
        public static let lostActivity = Kind(rawValue: "lost activity")
        /// A worker that nobody knows holds something. Repaired: queued again; that counts as no crash.
        public static let unknownHolder = Kind(rawValue: "unknown holder")
        /// A timer, a next try, a delayed start or an execution timeout that would never come. Repaired: due at its moment, which
        /// the history tells of timers.
        public static let missingDue = Kind(rawValue: "missing due")
        /// A sub-workflow has ended or is gone, and its parent waits for it; or its parent does not wait for it. Repaired:
        /// the parent is told, or waits.
        public static let lostOutcome = Kind(rawValue: "lost outcome")
        /// Something belongs to an instance or a worker that does not exist, or to an instance that has finished. Repaired:
        /// removed.
        public static let orphan = Kind(rawValue: "orphan")
        /// A finished instance, or a part of it, stays for ever, or an open one expires. Repaired.
        public static let wrongExpiry = Kind(rawValue: "wrong expiry")
        /// Something is missing in a list by which it is found. Repaired: listed.
        public static let notListed = Kind(rawValue: "not listed")
        /// The length of a history is not what its instance says or, looked for when nothing is to be repaired and not to the end of
        /// a large one, numbers in it are missing or come twice. Not repaired: events are lost.
        public static let brokenHistory = Kind(rawValue: "broken history")
        /// An instance has a task, or has yet to begin, and its inputs are gone. Not repaired.
        public static let lostInputs = Kind(rawValue: "lost inputs")
        /// A stream that workers serve has no consumer group. Repaired: everything in it is handed out again.
        public static let lostGroup = Kind(rawValue: "lost group")
        /// A live worker whose queues and types are not known any more. Not repaired, and of no harm for tasks: it is
        /// when the worker starts again.
        public static let lostRegistration = Kind(rawValue: "lost registration")
        /// Messages between partitions have waited for more than a minute. Not repaired: whoever ticks delivers them.
        public static let waitingMessages = Kind(rawValue: "waiting messages")
        /// Something that the store did not write is in the place of something that it did. Not repaired.
        public static let unreadable = Kind(rawValue: "unreadable")
    }
}
