internal import AloftCore
internal import Logging

extension Execution {
    /// The logger of workflow code: carries the identifiers, and says nothing while replaying or unloading.
    var logger: Logger {
        guard !isSilent else { return Logger(label: baseLogger.label) { _ in SwiftLogNoOpLogHandler() } }
        var logger = baseLogger
        logger[metadataKey: LogKey.instance] = "\(instance)"
        logger[metadataKey: LogKey.execution] = "\(execution)"
        logger[metadataKey: LogKey.workflow] = "\(blueprint.name)"
        return logger
    }

    private var isSilent: Bool {
        if case .halted = phase { return true }
        return matcher.isReplaying
    }
}
