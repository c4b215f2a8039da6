internal import AloftCore

extension Execution {
    /// Takes the execution out of memory: whatever its code waits for fails with an error that is not cancellation, and so
    /// does every further call, shields included, until the code has ended. Nothing that it does meanwhile has an effect.
    ///
    /// - Returns: Whether the code ended. If not, it waits for something foreign or ignores errors for ever; its tasks stay
    ///   behind, which is a leak to be logged but harms nobody.
    @discardableResult
    package func evict() -> Bool {
        if case .finished = phase { return true }
        if case .running = phase { phase = .halted(nil) }
        refusals = 0
        var rounds = 0
        // Code that is resumed with an error may wait again, behind a `catch`; each round ends those waits too.
        repeat {
            rounds += 1
            let result = executor.drain(budget: Self.jobBudget / 100) { failAllWaits() }
            if result == .budgetExceeded { break }
        } while waitCount > 0 && rounds < 100
        return hasUnwound
    }

    private func failAllWaits() {
        let error = ExecutionHalted()
        for command in activities.keys.sorted() {
            activities.removeValue(forKey: command)?.continuation.resume(throwing: error)
        }
        for command in timers.keys.sorted() { timers.removeValue(forKey: command)?.resume(throwing: error) }
        for name in signals.keys.sorted() { signals[name]?.cancelAll(error) }
        for condition in conditions { condition.continuation.resume(throwing: error) }
        conditions = []
    }
}
