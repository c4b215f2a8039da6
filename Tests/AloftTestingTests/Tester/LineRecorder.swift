import Logging

/// A logger whose lines a test reads.
struct LineRecorder: Sendable {
    private let notes = Notes<String>()

    var lines: [String] { notes.entries }
    var logger: Logger { Logger(label: "test") { _ in Handler(notes: notes) } }

    private struct Handler: LogHandler {
        let notes: Notes<String>
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.debug
        var metadataProvider: Logger.MetadataProvider?

        func log(event: LogEvent) { notes.add("\(event.message)") }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }
    }
}
