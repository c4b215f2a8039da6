public import Foundation

extension WorkflowContext {
    /// Runs a closure once, records what it returns, and returns that on every replay.
    ///
    /// For short things without failure, such as reading an environment variable or a clock. Whatever may fail or take long
    /// is an activity. If the worker dies before the value is recorded, the closure runs again.
    /// - Throws: `PayloadError` if the value does not encode or decode.
    public func sideEffect<Value: Codable & Sendable>(
        fileID: StaticString = #fileID,
        line: UInt = #line,
        _ body: () -> Value
    ) async throws -> Value {
        try await execution.sideEffect(body, at: SourceLocation(fileID: fileID, line: line))
    }

    /// Random numbers that are the same on every replay, seeded by the execution. Not for secrets.
    ///
    /// ```swift
    /// var random = context.random
    /// let die = Int.random(in: 1...6, using: &random)
    /// ```
    public var random: WorkflowRandom { WorkflowRandom(execution: execution) }

    /// A version 4 UUID that is the same on every replay.
    public func uuid() -> UUID {
        let high = execution.nextRandom()
        let low = execution.nextRandom()
        var bytes = withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Array($0) }
        bytes[6] = bytes[6] & 0x0f | 0x40
        bytes[8] = bytes[8] & 0x3f | 0x80
        return bytes.withUnsafeBytes { UUID(uuid: $0.load(as: uuid_t.self)) }
    }
}

/// The random numbers of an execution; all copies draw from the same sequence.
public struct WorkflowRandom: RandomNumberGenerator, Sendable {
    let execution: Execution

    public mutating func next() -> UInt64 { execution.nextRandom() }
}
