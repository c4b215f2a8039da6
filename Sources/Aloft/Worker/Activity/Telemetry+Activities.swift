internal import AloftClient
internal import AloftCore
internal import Tracing

extension Telemetry {
    /// Runs an attempt at an activity in a span of its own, in the context that crossed from its workflow.
    func withSpan<Value>(
        of task: ActivityTask,
        by worker: WorkerID,
        _ body: () async throws -> Value
    ) async throws -> Value {
        guard isOn else { return try await body() }
        return try await ServiceContext.withValue(context(of: task.scheduled.headers)) {
            try await withSpan(
                SpanName.activity(task.scheduled.name),
                ofKind: .consumer,
                attributes: [
                    SpanKey.instance: "\(task.instance)", SpanKey.execution: "\(task.execution)",
                    SpanKey.activity: "\(task.scheduled.name)", SpanKey.queue: "\(task.queue)",
                    SpanKey.attempt: task.lease.attempt.toSpanAttribute(), SpanKey.worker: "\(worker)",
                ]
            ) { _ in try await body() }
        }
    }
}
