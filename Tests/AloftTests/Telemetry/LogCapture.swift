import Logging

/// A logger whose lines a test reads.
struct LogCapture {
    private let lines = Journal<LogEvent>()

    /// Asked at each line, as handlers do.
    var provider: Logger.MetadataProvider?

    var logger: Logger { Logger(label: "test") { _ in Handler(lines: lines, metadataProvider: provider) } }
    var messages: [String] { lines.entries.map { "\($0.message)" } }
    var metadata: [Logger.Metadata] { lines.entries.map { $0.metadata ?? [:] } }
    func clear() { lines.clear() }

    private struct Handler: LogHandler {
        let lines: Journal<LogEvent>
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.debug
        var metadataProvider: Logger.MetadataProvider?

        func log(event: LogEvent) {
            var event = event
            event.metadata = metadata.merging(metadataProvider?.get() ?? [:]) { _, new in new }
                .merging(event.metadata ?? [:]) { _, new in new }
            lines.note(event)
        }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }
    }
}
