extension Execution {
    /// Whether the code that runs is inside of a shield; what it starts there is not cancelled with the instance.
    @TaskLocal static var isShielded = false

    /// Runs a body that the cancellation of its caller does not reach.
    ///
    /// The language has no shield yet, but an unstructured task on the same executor is one: it does not inherit
    /// cancellation, and awaiting its value does not pass it on.
    func shield<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        try await enter(.always)
        let task = Self.$isShielded.withValue(true) { Task(executorPreference: executor) { try await body() } }
        return try await task.value
    }
}
