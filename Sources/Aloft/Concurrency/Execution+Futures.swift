internal import AloftCore

extension Execution {
    /// A future whose body has not ended.
    struct OpenFuture {
        /// Whether it was started inside of a shield, where a request to cancel the instance does not reach it.
        let isShielded: Bool
        let cancel: () -> Void
    }

    /// Starts a body as a task of its own. In a task that may not call, it is not run, and the future fails.
    func startFuture<Value: Sendable>(
        at location: SourceLocation,
        _ body: @escaping @Sendable () async throws -> Value
    ) -> WorkflowFuture<Value> {
        let future = WorkflowFuture<Value>(execution: self, at: location)
        // Its value throws the error that fits.
        guard admits("workflow context") else { return future }
        switch phase {
        case .running where Task.isCancelled: future.complete(.failure(CancellationError()))
        case .running: future.start(body)
        case .finished, .halted: future.complete(.failure(ExecutionHalted()))
        }
        return future
    }

    /// Tells the futures that are open, in the order in which they were made.
    func cancelOpenFutures() {
        for ticket in openFutures.keys.sorted() {
            guard let future = openFutures[ticket], !future.isShielded else { continue }
            future.cancel()
        }
    }
}
