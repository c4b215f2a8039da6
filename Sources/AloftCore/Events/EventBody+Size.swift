extension EventBody {
    /// The size in bytes of the largest part that a user of the system chose, for stores that limit it.
    package var largestPayload: Int {
        switch self {
        case .started(let started): started.input.size
        case .subWorkflowScheduled(let scheduled):
            max(scheduled.input.size, scheduled.memo.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count })
        case .signalScheduled(let scheduled): scheduled.payload.size
        case .continuedAsNew(let continued): continued.input.size
        case .activityScheduled(let scheduled): scheduled.input.size
        case .activityCompleted(_, let payload), .signalReceived(_, let payload), .sideEffectRecorded(_, let payload),
            .workflowCompleted(let payload), .subWorkflowCompleted(_, let payload):
            payload.size
        case .activityFailed(_, let failure), .workflowFailed(let failure), .workflowCancelled(let failure),
            .subWorkflowFailed(_, let failure), .signalFailed(_, let failure), .workflowTerminated(let failure),
            .workflowTimedOut(let failure):
            failure.size
        case .cancelRequested(let reason): reason.utf8.count
        case .timerFired, .timerScheduled, .timerCancelled, .signalDelivered, .subWorkflowCancelRequested: 0
        }
    }
}

extension Payload {
    /// In bytes. The name of its encoding comes from outside, too.
    fileprivate var size: Int { max(bytes.count, encoding.rawValue.utf8.count) }
}

extension Failure {
    /// That of its details. Its texts count only where they are beyond what any error of ours has, see ``bounded``: otherwise an
    /// instance in a store with a low limit could not even fail.
    fileprivate var size: Int {
        let texts = causes.reduce(type.utf8.count + message.utf8.count + (backtrace?.utf8.count ?? 0)) {
            $0 + $1.type.utf8.count + $1.message.utf8.count
        }
        return max(details?.bytes.count ?? 0, texts > Self.maximumTextBytes ? texts : 0)
    }

    /// A little more than the sum of what ``bounded`` leaves.
    private static let maximumTextBytes = maximumBacktraceBytes + (maximumCauses + 2) * (maximumMessageBytes + 300)
}
