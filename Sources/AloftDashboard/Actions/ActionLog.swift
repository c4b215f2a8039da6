import AloftCore
import AloftInsight
import Logging
import Synchronization

/// What was done through the dashboard: all of it in the log, the last of it on a page.
final class ActionLog: Sendable {
    private let logger: Logger
    private let most: Int
    private let records = Mutex<[ActionRecord]>([])

    init(most: Int, logger: Logger) {
        self.most = most
        self.logger = logger
    }

    func add(_ record: ActionRecord) {
        logger.notice(
            "an action was taken through the dashboard",
            metadata: [
                "action": "\(record.action)", "instance": "\(record.subject.visible)", "who": "\(record.who)",
                "from": "\(record.from)", "outcome": "\(record.outcome.visible)",
            ]
        )
        records.withLock { records in
            records.append(record)
            if records.count > most { records.removeFirst(records.count - most) }
        }
    }

    /// The last first.
    func last(_ count: Int) -> [ActionRecord] { records.withLock { Array($0.suffix(count).reversed()) } }
}
