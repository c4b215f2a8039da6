extension Execution {
    /// Whether the calling task runs in a shield: what is started there outlives a cancellation of the instance.
    @TaskLocal static var isShielded = false

    /// Runs a body that the cancellation of its caller does not reach.
    ///
    /// The language has no shield yet, but an unstructured task on the same executor is one: it does not inherit
    /// cancellation, and awaiting its value does not pass it on.
    func shield<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        try await enter(.always)
        return try await Task(executorPreference: executor) {
            try await Self.$isShielded.withValue(true) { try await body() }
        }.value
    }
}
