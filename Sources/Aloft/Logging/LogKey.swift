/// The metadata keys of all log lines of workers, and of the code that they run.
package enum LogKey {
    package static let instance = "aloft.instance"
    package static let execution = "aloft.execution"
    package static let workflow = "aloft.workflow"
    package static let activity = "aloft.activity"
    package static let attempt = "aloft.attempt"
    package static let worker = "aloft.worker"
    package static let queue = "aloft.queue"
    package static let error = "aloft.error"
    package static let nextAttempt = "aloft.next_attempt"
    package static let historyLength = "aloft.history_length"
    package static let finding = "aloft.finding"
    package static let count = "aloft.count"
    package static let repaired = "aloft.repaired"
    package static let limit = "aloft.limit"
    /// Under the names that OpenTelemetry gives them.
    package static let trace = "trace_id"
    package static let span = "span_id"
}
