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
            recorded = try coder.encode(body())
            try produce(.sideEffectRecorded(command, recorded), at: location)
        }
        // Decoded in both cases, so that code sees the same value the first time as on every replay.
        return try coder.decode(Value.self, from: recorded)
    }
}
