internal import AloftCore

extension Execution {
    private static let evictionBudget = 10_000
    private static let evictionBudgetPerWait = 100

    /// Takes the execution out of memory: whatever its code waits for fails with an error that is not cancellation, and so
    /// does every further call, shields included, until the code has ended. Nothing that it does meanwhile has an effect.
    ///
    /// - Returns: Whether the code ended. If not, it waits for something foreign or ignores errors for ever; its tasks stay
    ///   behind, which is a leak to be logged but harms nobody.
    @discardableResult
    package func evict() -> Bool {
        isUnloading = true
        if case .running = phase { phase = .halted(nil) }
        dropSpans()
        // No call waits any more, so one pass ends them all. Each task gets a few jobs to end in.
        let budget = Self.evictionBudget + Self.evictionBudgetPerWait * waitCount
        _ = executor.drain(budget: budget) { failAllWaits() }
        return hasUnwound
    }

    private func failAllWaits() {
        let error = ExecutionHalted()
        for command in activities.keys.sorted() {
            activities.removeValue(forKey: command)?.continuation.resume(throwing: error)
        }
        for command in timers.keys.sorted() {
            timers.removeValue(forKey: command)?.continuation.resume(throwing: error)
        }
        for command in subWorkflows.keys.sorted() { subWorkflows[command]?.endWaits(error) }
        subWorkflowWaits = 0
        for command in outgoingSignals.keys.sorted() {
            outgoingSignals.removeValue(forKey: command)?.continuation.resume(throwing: error)
        }
        for condition in conditions { condition.continuation.resume(throwing: error) }
        conditions = []
        failInnerWaits(error)
    }
}
