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
        var metadata: Logger.Metadata = [
            "action": Self.field(action.action), "instance": Self.field(action.subject),
            "who": Self.field(action.who), "from": Self.field(action.from),
            "outcome": Self.field(action.outcome),
        ]
        if let reason = action.reason { metadata["reason"] = Self.field(reason) }
        logger.notice("an action was taken through the dashboard", metadata: metadata)
        guard let store else { return keep(action) }
        do throws(StoreError) {
            try await store.note(action)
        } catch {
            // It is done, and in the log.
            logger.warning("the action could not be noted in the store", metadata: ["error": "\(error)"])
        }
    }

    /// One of many that were acted on: the record tells of all of them at once.
    func tell(_ action: String, of instance: String, _ call: Call) {
        logger.debug(
            "an action on many was taken on this one",
            metadata: [
                "action": Self.field(action), "instance": Self.field(instance),
                "who": Self.field(call.identity.name),
            ]
        )
    }

    /// Names of signals and workflows come from clients and may be refused for what is in them: nothing in a field may look like a
    /// line of its own.
    private static func field(_ text: String) -> Logger.MetadataValue {
        // Cut before and after: each character may become several.
        .string(text.shortened(to: longest).visible.shortened(to: longest))
    }

    /// How many characters of a field are in the log.
    private static let longest = 512

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
