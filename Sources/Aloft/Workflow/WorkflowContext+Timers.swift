internal import AloftCore
public import Foundation

extension WorkflowContext {
    /// Waits, for seconds or for months, in the store: no process has to live that long.
    ///
    /// Zero and negative durations return at once and set no timer. Cancelling the calling task cancels the timer.
    /// - Parameters:
    ///   - duration: Measured from ``now``; rounded up to milliseconds.
    ///   - name: Shown to operators, and compared on replay.
    /// - Throws: `CancellationError`.
    public func sleep(
        for duration: Duration,
        name: String = "sleep",
        fileID: StaticString = #fileID,
        line: UInt = #line
    ) async throws {
        let location = SourceLocation(fileID: fileID, line: line)
        try await execution.wait(until: execution.now + duration, name: name, at: location)
    }

    /// Waits until a moment; one that has passed returns at once and sets no timer.
    public func sleep(
        until moment: Date,
        name: String = "sleep",
        fileID: StaticString = #fileID,
        line: UInt = #line
    ) async throws {
        let location = SourceLocation(fileID: fileID, line: line)
        try await execution.wait(until: Timestamp(moment), name: name, at: location)
    }

    /// Races a body against a timer and cancels the loser.
    ///
    /// The body is cancelled as any Swift task is: it has ended when this returns. An activity it awaits is not cut short.
    /// - Throws: ``TimeoutError`` if the timer won, otherwise what the body throws.
    public func timeout<Value: Sendable>(
        _ duration: Duration,
        fileID: StaticString = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await sleep(for: duration, name: "timeout", fileID: fileID, line: line)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let value = first else {
                throw TimeoutError(limit: "timeout of \(duration)", subject: "the code at \(fileID):\(line)")
            }
            return value
        }
    }

    /// Waits until a condition over the workflow's own variables holds.
    ///
    /// It is looked at now and after each event, conditions in the order in which they were registered; the line behind the
    /// call may rely on it.
    /// - Throws: `CancellationError`.
    public func until(_ condition: @escaping () -> Bool) async throws {
        try await execution.wait(until: condition)
    }
}
