extension EventBody {
    /// The size in bytes of the largest part that a user of the system chose, for stores that limit it.
    package var largestPayload: Int {
        switch self {
        case .started(let started): started.input.bytes.count
        case .activityScheduled(let scheduled): scheduled.input.bytes.count
        case .activityCompleted(_, let payload), .signalReceived(_, let payload), .sideEffectRecorded(_, let payload),
            .workflowCompleted(let payload):
            payload.bytes.count
        case .activityFailed(_, let failure), .workflowFailed(let failure), .workflowCancelled(let failure):
            failure.details?.bytes.count ?? 0
        case .cancelRequested(let reason): reason.utf8.count
        case .timerFired, .timerScheduled, .timerCancelled: 0
        }
    }
}
