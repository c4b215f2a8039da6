internal import AloftCore
internal import Logging
internal import Tracing

extension Execution {
    /// The logger of workflow code: carries the identifiers, and those of the span if it is traced, and says nothing while replaying
    /// or unloading. Made once, for making one costs more than a line that is off.
    var logger: Logger {
        // Others than its own tasks are not heard, and must not touch what is kept here.
        guard executor.isCurrent else { return makeLogger() }
        if let codeLogger { return codeLogger }
        let logger = makeLogger()
        codeLogger = logger
        return logger
    }

    /// It asks at each line whether to speak: a workflow may take its logger while it is replayed and use it ever after.
    private func makeLogger() -> Logger {
        baseLogger.speaking { [weak self] event, inner in
            // Only its own tasks may ask; others are not heard.
            guard let self, executor.isCurrent, !isSilent else { return }
            let event = event.adding(identifiers)
            guard telemetry.isOn, let context = ServiceContext.current else { return inner.log(event: event) }
            // Providers of metadata look there for the span.
            ServiceContext.withValue(telemetry.resolve(context)) {
                inner.log(event: event.adding(telemetry.metadata(for: inner)))
            }
        }
    }

    /// Whether what the code does now was done before, or is of no account.
    var isSilent: Bool {
        if isUnloading { return true }
        if case .halted = phase { return true }
        return matcher.isReplaying
    }

    private var identifiers: Logger.Metadata {
        [
            LogKey.instance: "\(instance)", LogKey.execution: "\(execution)", LogKey.workflow: "\(blueprint.name)",
        ]
    }
}
