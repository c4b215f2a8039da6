import Logging

/// Logs warnings to standard error, and takes from the worker's log what whoever started it wants to know.
struct StatusLogHandler: LogHandler {
    private var stream: StreamLogHandler
    var logLevel: Logger.Level = .info

    init(label: String) { stream = .standardError(label: label) }

    var metadata: Logger.Metadata {
        get { stream.metadata }
        set { stream.metadata = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { stream[metadataKey: key] }
        set { stream[metadataKey: key] = newValue }
    }

    func log(event: LogEvent) {
        if case .string(let count)? = event.metadata?["aloft.taken_over"], let tasks = Int(count) {
            WorkerStatus.tookOver(dead: Self.names(event.metadata?["aloft.dead"]), tasks: tasks).write()
        } else if event.level >= .error {
            stream.log(event: event)
        }
    }

    /// "[a, b]"
    private static func names(_ value: Logger.Metadata.Value?) -> [String] {
        guard let value else { return [] }
        return "\(value)".split { "[], ".contains($0) }.map { String($0) }
    }
}
