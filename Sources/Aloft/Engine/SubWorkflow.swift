internal import AloftCore

/// A sub-workflow in the eyes of its parent.
///
/// Handles keep it beyond its end. Touched by the thread that drains the parent's executor and by no other, as everything of
/// an ``Execution`` is.
final class SubWorkflow: @unchecked Sendable {
    /// How it ended.
    enum Outcome {
        case completed(Payload)
        case failed(Failure)
    }

    struct Waiter {
        let mark: WaitMark
        let continuation: UnsafeContinuation<Void, any Error>
    }

    let command: CommandID
    let workflow: String
    let instance: InstanceID
    /// Whether it was started in a shield, so that cancelling the parent leaves it alone.
    let isShielded: Bool
    /// Where it was started.
    let location: SourceLocation
    var isCancelRequested = false
    private(set) var outcome: Outcome?
    private(set) var waiters: [Waiter] = []

    init(
        command: CommandID,
        workflow: String,
        instance: InstanceID,
        isShielded: Bool,
        location: SourceLocation
    ) {
        self.command = command
        self.workflow = workflow
        self.instance = instance
        self.isShielded = isShielded
        self.location = location
    }

    func wait(_ mark: WaitMark, _ continuation: UnsafeContinuation<Void, any Error>) {
        waiters.append(Waiter(mark: mark, continuation: continuation))
    }

    /// Tells all who wait, in the order in which they came.
    func end(_ outcome: Outcome) {
        self.outcome = outcome
        let ended = waiters
        waiters = []
        for waiter in ended { waiter.continuation.resume() }
    }

    func endWaits(_ error: any Error) {
        let ended = waiters
        waiters = []
        for waiter in ended { waiter.continuation.resume(throwing: error) }
    }
}
