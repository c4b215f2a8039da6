import AloftCore
import AloftInsight
import Logging
import Synchronization

/// What was done by hand: all of it in the log, the last of it in the store, for every dashboard and command line to tell. Where
/// the store keeps none, here.
final class ActionLog: Sendable {
    private let store: (any OperatorLog)?
    private let logger: Logger
    private let most: Int
    private let records = Mutex<[OperatorAction]>([])

    /// - Parameter most: How many are shown.
    init(_ store: any WorkflowStore, most: Int, logger: Logger) {
        self.store = store as? any OperatorLog
        self.most = most
        self.logger = logger
    }

    func add(_ action: OperatorAction) async {
        logger.notice(
            "an action was taken through the dashboard",
            metadata: [
                "action": "\(action.action)", "instance": "\(action.subject.visible)", "who": "\(action.who)",
                "from": "\(action.from)", "outcome": "\(action.outcome.visible)",
            ]
        )
        guard let store else { return keep(action) }
        do throws(StoreError) {
            try await store.note(action)
        } catch {
            // It is done, and in the log.
            logger.warning("the action could not be noted in the store", metadata: ["error": "\(error)"])
        }
    }

    /// The last first.
    func last(_ count: Int) async throws(StoreError) -> [OperatorAction] {
        let count = min(count, most)
        if let store { return try await store.lastActions(count) }
        return records.withLock { Array($0.suffix(count).reversed()) }
    }

    private func keep(_ action: OperatorAction) {
        records.withLock { records in
            records.append(action)
            if records.count > most { records.removeFirst(records.count - most) }
        }
    }
}
