internal import AloftCore
internal import Logging

extension Execution {
    /// The logger of workflow code: carries the identifiers, and says nothing while replaying or unloading.
    var logger: Logger {
        var logger = baseLogger
        logger.handler = ReplayAwareLogHandler(inner: baseLogger.handler, execution: self)
        logger[metadataKey: LogKey.instance] = "\(instance)"
        logger[metadataKey: LogKey.execution] = "\(execution)"
        logger[metadataKey: LogKey.workflow] = "\(blueprint.name)"
        return logger
    }

    /// Whether what the code says now was said before, or is of no account. Only its own tasks may ask; others are not heard.
    fileprivate var isSilent: Bool {
        guard executor.isCurrent else { return true }
        if case .halted = phase { return true }
        return matcher.isReplaying
    }
}

/// Asks at each line whether to speak: a workflow may take its logger while it is replayed and use it ever after.
private struct ReplayAwareLogHandler: LogHandler {
    var inner: any LogHandler
    let execution: Execution

    func log(event: LogEvent) {
        if !execution.isSilent { inner.log(event: event) }
    }

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
