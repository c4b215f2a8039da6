internal import AloftCore

extension Execution {
    /// Runs a closure once and records what it returned; a replay returns the recorded value.
    func sideEffect<Value>(_ body: () -> Value, at location: SourceLocation) async throws -> Value {
        try await enter(.always)
        let command = nextCommand()
        let recorded: Payload
        if matcher.isReplaying {
            // What counts is the place; the value is in the history.
            guard
                case .sideEffectRecorded(_, let value)? = try produce(.sideEffectRecorded(command, .none), at: location)
            else { throw ExecutionHalted() }
            recorded = value
        } else {
            recorded = encode(body())
            try produce(.sideEffectRecorded(command, recorded), at: location)
        }
        // Decoded in both cases, so that code sees the same value the first time as on every replay.
        if recorded.encoding == Self.unencodable {
            throw PayloadError(type: "\(Value.self)", message: String(decoding: recorded.bytes, as: UTF8.self))
        }
        return try coder.decode(Value.self, from: recorded)
    }

    /// The stored form of "the value could not be stored", which replays must meet as well.
    private static var unencodable: PayloadEncoding { "aloft.unencodable" }

    private func encode<Value>(_ value: Value) -> Payload {
        do throws(PayloadError) {
            return try coder.encode(value)
        } catch {
            return Payload(bytes: Array(error.message.utf8), encoding: Self.unencodable)
        }
    }

    /// The next random number; a call from elsewhere must not shift those that the workflow's own tasks get.
    func nextRandom() -> UInt64 {
        guard executor.isCurrent else {
            executor.reportForeignJob()
            return .random(in: .min ... .max)
        }
        return generator.next()
    }
}
