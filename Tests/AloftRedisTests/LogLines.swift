import Logging
import Synchronization

/// Keeps what is logged.
final class LogLines: Sendable {
    private let lines = Mutex<[(level: Logger.Level, text: String, metadata: String)]>([])

    var warnings: [String] { lines.withLock { $0.filter { $0.level >= .warning }.map(\.text) } }

    /// What was said together with a text, as `key: value`.
    func metadata(with text: String) -> [String] {
        lines.withLock { $0.filter { $0.text.contains(text) }.map(\.metadata) }
    }

    var logger: Logger {
        var logger = Logger(label: "test") { _ in Handler(owner: self) }
        logger.logLevel = .trace
        return logger
    }

    private struct Handler: LogHandler {
        let owner: LogLines
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            owner.lines.withLock { $0.append((event.level, "\(event.message)", "\(event.metadata ?? [:])")) }
        }
    }
}
