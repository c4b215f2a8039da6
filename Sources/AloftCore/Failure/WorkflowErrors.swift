/// What an activity threw, as the workflow catches it.
public struct ActivityError: FailureConvertible, Hashable, CustomStringConvertible {
    /// The registered name of the activity.
    public let activity: String
    public let failure: Failure
    private let origin: ErrorOrigin

    public init(activity: String, failure: Failure, coder: PayloadCoder? = nil) {
        self.activity = activity
        self.failure = failure
        self.origin = ErrorOrigin(coder: coder)
    }

    /// The name of the Swift type that was thrown: "CardDeclined".
    public var type: String { failure.type }
    public var message: String { failure.message }
    public var isPermanent: Bool { failure.isPermanent }
    public var causes: [Failure.Cause] { failure.causes }

    /// The thrown error itself, if it was `Codable` and still decodes as this type.
    ///
    /// - Parameter coder: How it is decoded; by default as the values of whoever threw this error: worker or client.
    public func details<Details: Codable>(_ type: Details.Type, coder: PayloadCoder? = nil) -> Details? {
        origin.details(type, of: failure, coder: coder)
    }

    public var description: String { "activity \(activity) failed with \(failure)" }
}

/// The worker process died again and again while running the activity.
public struct CrashError: FailureConvertible, Hashable, CustomStringConvertible {
    public let activity: String
    public let failure: Failure

    public init(activity: String, failure: Failure) {
        self.activity = activity
        self.failure = failure
    }

    /// What the last of these processes wrote when it crashed, at most 32 KiB, without control characters; `nil` if nobody
    /// caught it. A worker program under `AloftSupervisor` has its text caught.
    public var backtrace: String? { failure.backtrace }

    public var description: String { "activity \(activity) crashed its worker: \(failure.message)" }
}

/// A time limit passed.
public struct TimeoutError: FailureConvertible, Hashable, Codable, CustomStringConvertible {
    /// Which limit: "timer", "start-to-close", …
    public let limit: String
    /// What was limited.
    public let subject: String
    /// What it was made from.
    private var original: Failure?

    private enum CodingKeys: CodingKey { case limit, subject }

    public init(limit: String, subject: String) {
        self.limit = limit
        self.subject = subject
    }

    /// The error that a failure of kind ``Failure/Kind/timeout`` stands for.
    ///
    /// - Parameter subject: What was limited, if the failure does not say.
    public init(_ failure: Failure, subject: @autoclosure () -> String) {
        if let details = failure.details, let told = try? PayloadCoder().decode(Self.self, from: details) {
            self = told
        } else {
            self.init(limit: "time limit", subject: subject())
        }
        original = failure
    }

    /// Its details hold limit and subject, so that both survive the way through a history.
    public var failure: Failure {
        original
            ?? Failure(
                kind: .timeout,
                type: "TimeoutError",
                message: description,
                details: try? PayloadCoder().encode(self)
            )
    }

    public var description: String { original?.message ?? "\(subject) took longer than its \(limit) allows" }
}

/// How an instance ended that did not complete, as whoever awaits its result catches it.
public struct WorkflowError: FailureConvertible, Hashable, CustomStringConvertible {
    public let instance: InstanceID
    /// ``InstanceStatus/failed``, ``InstanceStatus/cancelled``, ``InstanceStatus/terminated`` or ``InstanceStatus/timedOut``.
    public let status: InstanceStatus
    public let failure: Failure
    private let origin: ErrorOrigin

    public init(instance: InstanceID, status: InstanceStatus, failure: Failure, coder: PayloadCoder? = nil) {
        self.instance = instance
        self.status = status
        self.failure = failure
        self.origin = ErrorOrigin(coder: coder)
    }

    public var type: String { failure.type }
    public var message: String { failure.message }

    /// The thrown error itself, if it was `Codable` and still decodes as this type.
    ///
    /// - Parameter coder: How it is decoded; by default as the values of whoever threw this error: worker or client.
    public func details<Details: Codable>(_ type: Details.Type, coder: PayloadCoder? = nil) -> Details? {
        origin.details(type, of: failure, coder: coder)
    }

    public var description: String { "instance \(instance) \(status): \(failure)" }
}

/// How a sub-workflow ended that did not complete, as its parent catches it.
public struct SubWorkflowError: FailureConvertible, Hashable, CustomStringConvertible {
    /// The registered name of the sub-workflow.
    public let workflow: String
    public let instance: InstanceID
    /// What it threw; or its ``Failure/kind`` tells that it was cancelled, terminated, timed out, or that its id is used by
    /// another open instance (``Failure/Kind/alreadyExists``). These tell of this sub-workflow: if it lets such an error of
    /// another out of `run`, that is of kind ``Failure/Kind/thrown``.
    public let failure: Failure
    private let origin: ErrorOrigin

    public init(workflow: String, instance: InstanceID, failure: Failure, coder: PayloadCoder? = nil) {
        self.workflow = workflow
        self.instance = instance
        self.failure = failure
        self.origin = ErrorOrigin(coder: coder)
    }

    /// The name of the Swift type that was thrown: "CardDeclined".
    public var type: String { failure.type }
    public var message: String { failure.message }
    public var causes: [Failure.Cause] { failure.causes }

    /// The thrown error itself, if it was `Codable` and still decodes as this type.
    ///
    /// - Parameter coder: How it is decoded; by default as the values of whoever threw this error: worker or client.
    public func details<Details: Codable>(_ type: Details.Type, coder: PayloadCoder? = nil) -> Details? {
        origin.details(type, of: failure, coder: coder)
    }

    public var description: String { "sub-workflow \(workflow) (\(instance)) failed with \(failure)" }
}

/// A signal to another instance was refused, as the workflow that sent it catches it.
public struct SignalError: FailureConvertible, Hashable, CustomStringConvertible {
    public let signal: String
    /// Who was to get it.
    public let instance: InstanceID
    /// Its ``Failure/kind`` tells why: ``Failure/Kind/notFound``, ``Failure/Kind/finished`` or ``Failure/Kind/limit``.
    public let failure: Failure

    public init(signal: String, instance: InstanceID, failure: Failure) {
        self.signal = signal
        self.instance = instance
        self.failure = failure
    }

    public var description: String { "signal \(signal) to instance \(instance) was refused: \(failure.message)" }
}
