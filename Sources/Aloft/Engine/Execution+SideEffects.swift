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
            recorded = encode(body(), command)
            try produce(.sideEffectRecorded(command, recorded), at: location)
        }
        // Decoded in both cases, so that code sees the same value the first time as on every replay.
        if recorded.encoding == Self.unencodable { throw error(of: recorded) }
        return try coder.decode(Value.self, from: recorded)
    }

    private func encode<Value>(_ value: Value, _ command: CommandID) -> Payload {
        do throws(PayloadError) {
            let payload = try coder.encode(value)
            guard payload.bytes.count > limits.payloadBytes else { return payload }
            let message = tooLarge(payload.bytes.count, "the value of side effect #\(command)")
            return refusal(PayloadError(type: "\(Value.self)", message: message))
        } catch {
            return refusal(error)
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
