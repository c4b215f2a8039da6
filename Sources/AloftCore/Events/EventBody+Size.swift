extension EventBody {
    /// The size in bytes of the largest part that a user of the system chose, for stores that limit it.
    package var largestPayload: Int {
        switch self {
        case .started(let started): started.input.bytes.count
        case .subWorkflowScheduled(let scheduled):
            max(scheduled.input.bytes.count, scheduled.memo.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count })
        case .signalScheduled(let scheduled): scheduled.payload.bytes.count
        case .continuedAsNew(let continued): continued.input.bytes.count
        case .activityScheduled(let scheduled): scheduled.input.bytes.count
        case .activityCompleted(_, let payload), .signalReceived(_, let payload, _), .sideEffectRecorded(_, let payload),
            .workflowCompleted(let payload), .subWorkflowCompleted(_, let payload):
            payload.bytes.count
        case .activityFailed(_, let failure), .workflowFailed(let failure), .workflowCancelled(let failure),
            .subWorkflowFailed(_, let failure), .signalFailed(_, let failure), .workflowTerminated(let failure),
            .workflowTimedOut(let failure):
            failure.details?.bytes.count ?? 0
        case .cancelRequested(let reason): reason.utf8.count
        case .timerFired, .timerScheduled, .timerCancelled, .signalDelivered, .subWorkflowCancelRequested: 0
        }
    }
}
