internal import Logging
internal import Synchronization

/// Keeps what is logged.
final class LogRecorder: Sendable {
    let lines = Mutex<[ActivityTester.Line]>([])

    var logger: Logger { Logger(label: "aloft.tester") { _ in Handler(recorder: self) } }

    private struct Handler: LogHandler {
        let recorder: LogRecorder
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace
        var metadataProvider: Logger.MetadataProvider?

        func log(event: LogEvent) {
            let line = ActivityTester.Line(
                level: event.level,
                text: "\(event.message)",
                metadata: metadata.merging(event.metadata ?? [:]) { _, new in new }
            )
            recorder.lines.withLock { $0.append(line) }
        }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }
    }
}
