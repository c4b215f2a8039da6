internal import AloftClient
internal import AloftCore
internal import Logging
internal import Synchronization

/// The logger of an attempt at an activity, made when it is first asked for and then kept: making one costs more than a line that
/// is off.
final class ActivityVoice: Sendable {
    private let task: ActivityTask
    private let base: Logger
    private let telemetry: Telemetry
    private let made = Mutex<Logger?>(nil)

    init(task: ActivityTask, base: Logger, telemetry: Telemetry) {
        self.task = task
        self.base = base
        self.telemetry = telemetry
    }

    var logger: Logger {
        made.withLock { made in
            if let made { return made }
            // Without this object, which keeps the logger.
            let logger = base.speaking { [task, telemetry] event, inner in
                inner.log(event: event.adding(task.identifiers).adding(telemetry.metadata(for: inner)))
            }
            made = logger
            return logger
        }
    }
}

extension ActivityTask {
    fileprivate var identifiers: Logger.Metadata {
        [
            LogKey.instance: "\(instance)", LogKey.execution: "\(execution)", LogKey.activity: "\(scheduled.name)",
            LogKey.attempt: "\(lease.attempt)",
        ]
    }
}
