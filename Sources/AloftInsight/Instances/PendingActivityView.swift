public import AloftCore

/// An activity without an outcome, as it is shown.
public struct PendingActivityView: Hashable, Sendable, Codable {
    public enum State: String, Hashable, Sendable, Codable {
        /// On its queue, or with a worker that took it from there.
        case queued
        case running
        /// Waits for its next attempt.
        case retrying
    }

    public var command: Int
    public var name: String
    public var queue: String
    /// The attempt that runs or comes next, counted from 1.
    public var attempt: Int
    public var state: State
    /// The worker that runs it, if that is known.
    public var worker: String?
    /// When the next attempt comes.
    public var nextAttemptAt: Moment?
    /// How the attempt before ended.
    public var lastFailure: FailureView?

    public init(_ pending: PendingActivity, reader: PayloadReader = PayloadReader()) {
        command = pending.command.number
        name = pending.name
        queue = pending.queue.rawValue
        attempt = pending.attempt
        lastFailure = pending.lastFailure.map { FailureView($0, reader: reader) }
        switch pending.position {
        case .queued: state = .queued
        case .running(let worker):
            state = .running
            self.worker = worker.rawValue
        case .retrying(let moment):
            state = .retrying
            nextAttemptAt = moment.moment
        }
    }

    /// "attempt 3, next in 12 s, last error: CardDeclined: no funds"
    public func detail(now: Timestamp) -> String {
        // Of a first attempt that says all.
        var parts = attempt > 1 ? ["attempt \(attempt)"] : []
        switch state {
        case .queued: parts.append("queued on \(queue.visible)")
        case .running: parts.append("running\(worker.map { " on worker \($0.visible)" } ?? "")")
        case .retrying:
            let left = nextAttemptAt.map { $0.timestamp - now } ?? .zero
            parts.append(left > .zero ? "next in \(Quantity.duration(left))" : "due")
        }
        let line = parts.joined(separator: ", ")
        return lastFailure.map { "\(line), last error: \($0.summary)" } ?? line
    }

    func wait(now: Timestamp) -> WaitView {
        WaitView(kind: .activity, name: name, command: command, until: nextAttemptAt, detail: detail(now: now))
    }
}
