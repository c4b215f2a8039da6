internal import AloftCore
internal import Logging

/// Counts parts of a workflow that are under way, and lets any of its tasks wait until there are none.
///
/// ```swift
/// let group = context.waitGroup()
/// for item in items {
///     group.add()
///     context.future {
///         defer { group.done() }
///         try await context.activity(Ship.self, item)
///     }
/// }
/// try await group.wait()
/// ```
///
/// A task group says the same with less when the parts end where they begin, and hands on their errors, which this does not.
/// The count may go up again after it came to zero. Nothing of it is in the history.
public final class WaitGroup: @unchecked Sendable {
    // Touched by the thread that drains the execution, and by no other: see `Execution`.
    let execution: Execution
    private(set) var parts = 0
    private var fault: MisuseError?
    private var waiters = WaitQueue<() -> Void>()

    init(execution: Execution) { self.execution = execution }

    /// The number of parts under way.
    public var count: Int { execution.admits("wait group") ? parts : 0 }

    /// Counts parts that begin; a negative number counts parts that have ended.
    ///
    /// Below zero the group is broken, since it can no longer be right: every ``wait(fileID:line:)`` then throws. Neither this nor
    /// ``done(fileID:line:)`` throws, so that they can stand in a `defer`.
    public func add(_ parts: Int = 1, fileID: StaticString = #fileID, line: UInt = #line) {
        guard execution.admits("wait group"), fault == nil else { return }
        let (sum, overflow) = self.parts.addingReportingOverflow(parts)
        guard sum >= 0, !overflow else {
            let fault = MisuseError.negativeWaitGroup(at: SourceLocation(fileID: fileID, line: line))
            self.fault = fault
            execution.logger.error("\(fault)")
            return callWaiters()
        }
        self.parts = sum
        if sum == 0 { callWaiters() }
    }

    /// Tells that a part has ended.
    public func done(fileID: StaticString = #fileID, line: UInt = #line) { add(-1, fileID: fileID, line: line) }

    /// Waits until no part is under way; returns at once if there is none.
    ///
    /// - Throws: ``MisuseError`` if the count went below zero, with the line that did it; `CancellationError`.
    public func wait(fileID: StaticString = #fileID, line: UInt = #line) async throws {
        try await execution.select([.wait(for: self) {}], at: SourceLocation(fileID: fileID, line: line))
    }

    // MARK: Inside

    /// Whether nothing is under way.
    func isIdle() throws -> Bool {
        if let fault { throw fault }
        return parts == 0
    }

    func check() throws { if let fault { throw fault } }

    /// Waits for the end of all parts. - Returns: What ends the wait early.
    func join(_ waiter: @escaping () -> Void) -> () -> Void {
        let ticket = execution.nextTicket()
        waiters.join(waiter, ticket: ticket)
        return { self.waiters.leave(ticket) }
    }

    private func callWaiters() {
        while let waiter = waiters.popFirst() { waiter() }
    }
}
