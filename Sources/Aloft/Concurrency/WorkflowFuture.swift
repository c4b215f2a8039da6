internal import AloftCore

/// Something that a workflow has started, or that will be decided by it, and that any of its tasks may await, now or later,
/// once or again and again.
///
/// ```swift
/// let label = context.future { try await context.activity(PrintLabel.self, order) }
/// let charge = context.future { try await context.activity(Charge.self, order) }
/// return try await Receipt(label: label.value, charge: charge.value)
/// ```
///
/// For what ends in the function where it begins, `async let` and task groups say the same with less. A future may be kept,
/// handed on, awaited by several tasks, and chosen from by ``WorkflowContext/select(_:fileID:line:)``.
///
/// Nothing of it is in the history but what its body does.
public final class WorkflowFuture<Value: Sendable>: @unchecked Sendable {
    // Touched by the thread that drains the execution, and by no other: see `Execution`.
    let execution: Execution
    let location: SourceLocation
    private var outcome: Result<Value, any Error>?
    private var task: Task<Void, Never>?
    private var ticket: Int?
    private var waiters = WaitQueue<(Result<Value, any Error>) -> Void>()

    init(execution: Execution, at location: SourceLocation) {
        self.execution = execution
        self.location = location
    }

    /// The value, as soon as it is there.
    ///
    /// - Throws: What the body threw or the promise failed with. `CancellationError` if the calling task is cancelled, which
    ///   leaves the future alone.
    public var value: Value {
        get async throws { try await execution.select([.await(self) { $0 }], at: location) }
    }

    /// Whether there is a value or an error.
    public var isDone: Bool { execution.admits("future") && outcome != nil }

    /// Cancels the task that runs the body, as any Swift task is cancelled: how it ends then is for the body to say.
    ///
    /// The future of a ``WorkflowPromise`` that is still open fails with `CancellationError`.
    public func cancel() {
        guard execution.admits("future") else { return }
        if let task { task.cancel() } else { complete(.failure(CancellationError())) }
    }

    // MARK: Inside

    /// Runs the body as a task of the execution.
    func start(_ body: @escaping @Sendable () async throws -> Value) {
        let ticket = execution.nextTicket()
        let task = Task(executorPreference: execution.executor) {
            do {
                let value = try await body()
                self.complete(.success(value))
            } catch {
                self.complete(.failure(error))
            }
        }
        self.ticket = ticket
        self.task = task
        execution.openFutures[ticket] = Execution.OpenFuture(isShielded: Execution.isShielded) { task.cancel() }
    }

    /// Settles the future. - Returns: Whether it was open.
    @discardableResult
    func complete(_ outcome: Result<Value, any Error>) -> Bool {
        guard execution.executor.isCurrent, self.outcome == nil else { return false }
        self.outcome = outcome
        task = nil
        if let ticket { execution.openFutures[ticket] = nil }
        while let waiter = waiters.popFirst() { waiter(outcome) }
        return true
    }

    /// What it came to, if it is done.
    func peek() -> Result<Value, any Error>? { outcome }

    /// Waits for the end. - Returns: What ends the wait early.
    func join(_ waiter: @escaping (Result<Value, any Error>) -> Void) -> () -> Void {
        let ticket = execution.nextTicket()
        waiters.join(waiter, ticket: ticket)
        return { self.waiters.leave(ticket) }
    }
}
