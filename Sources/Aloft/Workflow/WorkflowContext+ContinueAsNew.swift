public import AloftCore

/// Leaves `run` to continue the instance as new; made by ``WorkflowContext/continueAsNew(_:fileID:line:)``.
///
/// Code that catches it and does not throw it again goes on as if nothing had been asked.
public struct ContinueAsNew: Error, CustomStringConvertible {
    let input: Payload
    let inputType: ObjectIdentifier
    let inputTypeName: String
    let place: String

    public var description: String { "continue as new with a value of type \(inputTypeName)\(place)" }
}

extension WorkflowContext {
    /// The events from which on ``shouldContinueAsNew`` advises to. A constant: replays must agree.
    static let advisedHistoryLength = 10_000

    /// The error to throw when the instance is to go on with a fresh history.
    ///
    /// ```swift
    /// if context.shouldContinueAsNew { throw context.continueAsNew(state) }
    /// ```
    ///
    /// When it leaves `run` this execution has ended, and the next begins with the input, under the same instance id. Signals
    /// that nobody received go along; timers, activities and sub-workflows that are open are dropped or closed as at any end.
    /// A parent sees the last result only. The input is exactly of the type that the workflow takes; another fails the workflow.
    /// - Returns: `PayloadError` instead if the input does not encode or is larger than the store takes.
    public func continueAsNew<Input: Codable & Sendable>(
        _ input: Input,
        fileID: StaticString = #fileID,
        line: UInt = #line
    ) -> any Error {
        execution.continuation(with: input, at: SourceLocation(fileID: fileID, line: line))
    }

    /// The error to throw when an instance whose workflow takes no input is to go on with a fresh history.
    public func continueAsNew(fileID: StaticString = #fileID, line: UInt = #line) -> any Error {
        execution.continuation(with: (), at: SourceLocation(fileID: fileID, line: line))
    }

    /// Whether the history is so long that replaying it takes its time: 10,000 events or more.
    public var shouldContinueAsNew: Bool { historyLength >= Self.advisedHistoryLength }

    /// The execution that this one continues; `nil` for the first of its instance.
    public var continuedFrom: ExecutionID? { execution.continuedFrom }
}
