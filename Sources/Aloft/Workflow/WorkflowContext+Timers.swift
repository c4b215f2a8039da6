internal import AloftCore
public import Foundation

extension WorkflowContext {
    /// Waits, for seconds or for months, in the store: no process has to live that long.
    ///
    /// Zero and negative durations return at once and set no timer. Cancelling the calling task cancels the timer.
    /// - Parameters:
    ///   - duration: Measured from ``now``; rounded up to milliseconds.
    ///   - name: Shown to operators, and compared on replay; 1 to 255 bytes, no control characters.
    /// - Throws: `CancellationError`; `StoreError` with code `invalidIdentifier` if the name cannot be used.
    public func sleep(
        for duration: Duration,
        name: String = "sleep",
        fileID: StaticString = #fileID,
        line: UInt = #line
    ) async throws {
        let location = SourceLocation(fileID: fileID, line: line)
        try await execution.wait(until: execution.now + duration, name: name, at: location)
    }

    /// Waits until a moment; one that has passed returns at once and sets no timer. Throws as ``sleep(for:name:fileID:line:)``.
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
    /// With a duration of zero or less the body is cancelled as soon as it waits, and no timer is set.
    /// - Throws: `TimeoutError` if the timer won, otherwise what the body throws. `CancellationError` in a task that is
    ///   cancelled already; the body is not run then.
    public func timeout<Value: Sendable>(
        _ duration: Duration,
        fileID: StaticString = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await execution.enter()
        let error = TimeoutError(limit: "timeout of \(duration)", subject: "the code at \(fileID):\(line)")
        guard duration > .zero else {
            guard let value = try await execution.attempt(body) else { throw error }
            return value
        }
        return try await withThrowingTaskGroup(of: RaceEnd<Value>.self) { group in
            group.addTask { .body(try await body()) }
            group.addTask {
                do {
                    try await sleep(for: duration, name: "timeout", fileID: fileID, line: line)
                    return .timerFired
                } catch is CancellationError {
                    // The caller was cancelled, and so is the body; how that ends is for the body to say.
                    return .timerCancelled
                }
            }
            defer { group.cancelAll() }
            while let end = try await group.next() {
                switch end {
                case .body(let value): return value
                case .timerFired: throw error
                case .timerCancelled: continue
                }
            }
            throw CancellationError()
        }
    }

    /// Waits until a condition over the workflow's own variables holds.
    ///
    /// It is looked at now and after each event, conditions in the order in which they were registered; the line behind the
    /// call may rely on it.
    /// - Throws: `CancellationError`.
    public func until(
        fileID: StaticString = #fileID,
        line: UInt = #line,
        _ condition: @escaping () -> Bool
    ) async throws {
        try await execution.wait(until: condition, at: SourceLocation(fileID: fileID, line: line))
    }
}

/// How one side of ``WorkflowContext/timeout(_:fileID:line:_:)`` came to its end.
private enum RaceEnd<Value: Sendable>: Sendable {
    case body(Value)
    case timerFired
    case timerCancelled
}
