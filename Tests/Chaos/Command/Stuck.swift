import Aloft
import ChaosKit

/// Tells why instances do not end, as far as anybody knows.
enum Stuck {
    static func explain(_ ids: Set<String>, _ scene: Scene, limit: Int = 10) async -> [String] {
        var lines = ["\(ids.count) instances have not ended"]
        let client = WorkflowClient(store: scene.store)
        for id in ids.sorted().prefix(limit) {
            let handle = client.handle(InstanceID(rawValue: id), returning: Int.self)
            do {
                let state = try await handle.state()
                let problem = state.problem.map { ", problem: \($0)" } ?? ""
                let quarantine = state.isQuarantined ? ", quarantined" : ""
                lines.append(
                    "\(id): \(state.status), owner \(state.owner?.rawValue ?? "none"), crashes \(state.crashes)\(quarantine)\(problem)"
                )
                for activity in try await handle.pendingActivities() { lines.append("    \(activity)") }
                for event in try await handle.history().suffix(8) { lines.append("    \(event.number) \(event.body)") }
            } catch {
                lines.append("\(id): \(error)")
            }
        }
        return lines
    }
}
