package import AloftCore
package import Tracing

/// The names of all spans, "<what>:<of which>".
package enum SpanName {
    /// A client starts an instance.
    package static func start(_ workflow: String) -> String { "StartWorkflow:\(workflow)" }
    /// A client sends a signal.
    package static func signal(_ name: String) -> String { "SignalWorkflow:\(name)" }
    /// An execution, for as long as one worker has it in memory.
    package static func run(_ workflow: String) -> String { "RunWorkflow:\(workflow)" }
    /// One attempt at an activity.
    package static func activity(_ name: String) -> String { "RunActivity:\(name)" }
    /// From setting a timer until it fires.
    package static func timer(_ name: String) -> String { "Timer:\(name)" }
    /// A signal becomes part of a history.
    package static func receive(_ name: String) -> String { "ReceiveSignal:\(name)" }
}

/// The attributes of all spans; the same keys as in logs.
package enum SpanKey {
    package static let instance = "aloft.instance"
    package static let execution = "aloft.execution"
    package static let workflow = "aloft.workflow"
    package static let queue = "aloft.queue"
    package static let activity = "aloft.activity"
    package static let attempt = "aloft.attempt"
    package static let worker = "aloft.worker"
    /// The worker took the execution up in the middle: what came before is in another span of the same name.
    package static let resumed = "aloft.resumed"
    /// The execution left memory before the end: what follows is in another span of the same name.
    package static let unloaded = "aloft.unloaded"
}

extension Telemetry {
    /// Runs a body in a span, and gives it the headers that carry the span on.
    package func withSpan<Value>(
        _ name: @autoclosure () -> String,
        ofKind kind: SpanKind,
        attributes: @autoclosure () -> SpanAttributes,
        _ body: (ContextHeaders) async throws -> Value
    ) async throws -> Value {
        guard isOn else { return try await body([:]) }
        let context = ServiceContext.current ?? .topLevel
        let span: any Span = tracer.startSpan(name(), context: context, ofKind: kind)
        span.attributes = attributes()
        defer { span.end() }
        do {
            return try await ServiceContext.withValue(span.context) { try await body(headers(of: span.context)) }
        } catch {
            span.recordError(error)
            span.setStatus(SpanStatus(code: .error))
            throw error
        }
    }
}
