internal import AloftCore

extension MemoryState {
    /// - Throws: `StoreError` with code `payloadTooLarge`.
    func check(_ event: EventBody, of instance: InstanceID) throws(StoreError) {
        let bytes = event.largestPayload
        guard bytes <= limits.payloadBytes else {
            throw StoreError(
                .payloadTooLarge,
                "a payload for instance \"\(instance)\" has \(bytes) bytes, at most \(limits.payloadBytes) are allowed; "
                    + "store large values elsewhere and pass a reference"
            )
        }
    }
}

extension EventBody {
    /// The size in bytes of the largest payload it holds.
    fileprivate var largestPayload: Int {
        switch self {
        case .started(let started): started.input.bytes.count
        case .activityScheduled(let scheduled): scheduled.input.bytes.count
        case .activityCompleted(_, let payload), .signalReceived(_, let payload), .sideEffectRecorded(_, let payload),
            .workflowCompleted(let payload):
            payload.bytes.count
        case .activityFailed(_, let failure), .workflowFailed(let failure), .workflowCancelled(let failure):
            failure.details?.bytes.count ?? 0
        case .timerFired, .cancelRequested, .timerScheduled, .timerCancelled: 0
        }
    }
}
