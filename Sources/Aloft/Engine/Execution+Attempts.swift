internal import AloftCore

extension Execution {
    /// How far an attempt has come. Touched by the tasks of the execution only, of which one runs at a time.
    private final class Attempt: @unchecked Sendable {
        var isDone = false
        var isCutShort = false
    }

    /// Runs a body for as long as it does not wait.
    ///
    /// A race against a timer that has fired already would lose what another task hands to the body between its first wait
    /// and its cancellation. Here no other task comes in between: the one that cancels stands right behind the body.
    /// - Returns: What the body returned; `nil` if it came to wait, and was cancelled then.
    func attempt<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value? {
        let attempt = Attempt()
        let work = Task(executorPreference: executor) {
            defer { attempt.isDone = true }
            return try await body()
        }
        Task(executorPreference: executor) {
            guard !attempt.isDone else { return }
            attempt.isCutShort = true
            work.cancel()
        }
        let result = await withTaskCancellationHandler {
            await work.result
        } onCancel: {
            work.cancel()
        }
        return attempt.isCutShort ? nil : try result.get()
    }
}
