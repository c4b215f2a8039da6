internal import Logging

/// The handler behind the loggers that workflow and activity code gets. Who speaks is added to a line when there is one: code that
/// takes a logger and has nothing to say at its level pays for no metadata.
struct CodeLogHandler: LogHandler {
    /// Passes a line on to where it is kept, with what is to be added to it; or keeps it back.
    typealias Voice = @Sendable (LogEvent, _ inner: any LogHandler) -> Void

    private var inner: any LogHandler
    private let speak: Voice

    init(_ inner: any LogHandler, speak: @escaping Voice) {
        self.inner = inner
        self.speak = speak
    }

    func log(event: LogEvent) { speak(event, inner) }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { inner[metadataKey: key] }
        set { inner[metadataKey: key] = newValue }
    }

    var metadata: Logger.Metadata {
        get { inner.metadata }
        set { inner.metadata = newValue }
    }

    var logLevel: Logger.Level {
        get { inner.logLevel }
        set { inner.logLevel = newValue }
    }

    var metadataProvider: Logger.MetadataProvider? {
        get { inner.metadataProvider }
        set { inner.metadataProvider = newValue }
    }
}

extension Logger {
    /// The same logger with another voice.
    func speaking(_ speak: @escaping CodeLogHandler.Voice) -> Logger {
        var logger = self
        logger.handler = CodeLogHandler(handler, speak: speak)
        return logger
    }
}

extension LogEvent {
    /// The line with more metadata. What it carries itself counts.
    func adding(_ metadata: Logger.Metadata) -> LogEvent {
        guard !metadata.isEmpty else { return self }
        var event = self
        event.metadata = event.metadata.map { metadata.merging($0) { _, own in own } } ?? metadata
        return event
    }
}
