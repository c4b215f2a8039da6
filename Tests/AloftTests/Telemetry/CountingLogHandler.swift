import Logging
import Synchronization

/// Counts what is asked of a log handler, besides its level.
final class LogCosts: Sendable {
    private let count = Atomic<Int>(0)

    var total: Int { count.load(ordering: .relaxed) }

    func logger(level: Logger.Level) -> Logger {
        Logger(label: "test") { _ in Handler(costs: self, logLevel: level) }
    }

    private func note() { count.add(1, ordering: .relaxed) }

    private struct Handler: LogHandler {
        let costs: LogCosts
        var logLevel: Logger.Level

        func log(event: LogEvent) { costs.note() }

        var metadata: Logger.Metadata {
            get {
                costs.note()
                return [:]
            }
            set { costs.note() }
        }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get {
                costs.note()
                return nil
            }
            set { costs.note() }
        }

        var metadataProvider: Logger.MetadataProvider? {
            get {
                costs.note()
                return nil
            }
            set { costs.note() }
        }
    }
}
