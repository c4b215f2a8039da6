public import Tracing

/// A span of workflow code. What is said of it while the code is replayed is said once all the same; what others than tasks of the
/// workflow say, a detached task for one, is not heard.
public struct WorkflowSpan: Sendable {
    let execution: Execution
    let box: SpanBox?

    /// Sets an attribute.
    public func set(_ key: String, to value: some SpanAttributeConvertible & Sendable) {
        guard let box else { return }
        let attribute = value.toSpanAttribute()
        execution.remark(on: box) { $0.attributes[key] = attribute }
    }

    /// Adds an event, at the present moment of the workflow (``WorkflowContext/now``). It is told once, however often the code is
    /// replayed: if the execution leaves memory afterwards, it is in the span that ended there.
    public func addEvent(_ name: String) {
        guard let box else { return }
        execution.addEvent(name, to: box)
    }
}

extension WorkflowContext {
    /// Runs a part of the workflow in a span of its own.
    ///
    /// It begins when the code came here first and ends once, however often the code is replayed and on whichever worker it
    /// goes on; activities, timers, signals and sub-workflows of the body are inside of it. Use this in workflow code rather
    /// than a tracer's `withSpan`, which would make a span for every replay.
    ///
    /// A span in which something was started and whose execution then leaves memory is ended there with the attribute
    /// `aloft.unloaded`; the worker that goes on opens another, from the same beginning, with `aloft.resumed`.
    ///
    /// - Throws: What the body throws; the span records it.
    public func withSpan<Value>(
        _ name: String,
        ofKind kind: SpanKind = .internal,
        _ body: (WorkflowSpan) async throws -> Value
    ) async rethrows -> Value {
        guard let box = execution.openSpan(name, ofKind: kind) else {
            return try await body(WorkflowSpan(execution: execution, box: nil))
        }
        do {
            let value = try await ServiceContext.withValue(box.inner) {
                try await body(WorkflowSpan(execution: execution, box: box))
            }
            execution.close(box, error: nil)
            return value
        } catch {
            execution.close(box, error: error)
            throw error
        }
    }
}
