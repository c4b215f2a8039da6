internal import Aloft
internal import AloftCore

// What is said of a run in which nothing can happen any more.
extension WorkflowTester {
    /// Longer histories are shown by their end.
    private static let shownEvents = 20

    /// Says for what an instance waits, and for what the other open ones do, which it may be waiting for.
    func stall(of instance: InstanceID) async throws -> TesterError {
        let state = try await self.state(of: instance)
        var parts = ["\(state.workflow) (\(instance)) waits for ever: \(waits(of: instance))"]
        if state.isQuarantined { parts.append("it is quarantined") }
        let others = withState { $0.residents.keys.filter { $0 != instance }.sorted() }
        for other in others {
            let state = try await self.state(of: other)
            parts.append("\(state.workflow) (\(other)) waits too: \(waits(of: other))")
        }
        parts.append("the time is \(store.now.text), no timer and no callback is left, and no activity runs")
        parts.append("history: \(try await historyText(of: instance))")
        return TesterError(.waitsForEver, parts.joined(separator: "; "))
    }

    private func waits(of instance: InstanceID) -> String {
        guard let resident = withState({ $0.residents[instance] }) else { return "it has not begun to run" }
        let waits = resident.execution.waits.map { wait in
            "for \(wait.subject)" + (wait.location.map { " at \($0.text)" } ?? "")
        }
        return waits.joined(separator: ", ")
    }

    private func historyText(of instance: InstanceID) async throws -> String {
        let history = try await history(of: instance)
        let shown = history.suffix(Self.shownEvents).map { "\($0.number) \($0.body.summary)" }.joined(separator: ", ")
        return history.count > Self.shownEvents ? "… \(shown)" : shown
    }
}
