internal import AloftCore
internal import AloftMetrics
internal import CoreMetrics

/// How large payloads are, by what they are for.
struct PayloadMetrics: Sendable {
    private let workflowInput: Recorder
    private let workflowResult: Recorder
    private let activityInput: Recorder
    private let activityResult: Recorder
    private let signal: Recorder
    private let sideEffect: Recorder

    init(_ factory: any MetricsFactory) {
        func recorder(_ kind: String) -> Recorder { factory.recorder(MetricCatalogue.payloadBytes, kind) }
        workflowInput = recorder("workflow_input")
        workflowResult = recorder("workflow_result")
        activityInput = recorder("activity_input")
        activityResult = recorder("activity_result")
        signal = recorder("signal")
        sideEffect = recorder("side_effect")
    }

    /// What became part of a history. What goes to another instance is counted there.
    func committed(_ events: [Event]) {
        for event in events {
            switch event.body {
            case .started(let started): workflowInput.record(started.input.bytes.count)
            case .workflowCompleted(let result): workflowResult.record(result.bytes.count)
            case .activityScheduled(let scheduled): activityInput.record(scheduled.input.bytes.count)
            case .activityCompleted(_, let result): activityResult.record(result.bytes.count)
            // One that came along from the execution before was counted there.
            case .signalReceived(_, let payload, let headers) where !headers.isCarried:
                signal.record(payload.bytes.count)
            case .sideEffectRecorded(_, let value): sideEffect.record(value.bytes.count)
            default: break
            }
        }
    }
}
