internal import AloftCore

extension MemoryState {
    /// Everything that a user of the system chose for a start.
    func check(_ start: InstanceStart) throws(StoreError) {
        try check(start.event, of: start.instance)
        let memo = start.memo.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        try check(bytes: memo, of: start.instance)
        if let signal = start.signal { try check(signal.event, of: start.instance) }
    }

    /// Everything that a transition wants to write, so that it is written wholly or not at all.
    func check(_ transition: Transition) throws(StoreError) {
        for event in transition.events { try check(event.body, of: transition.instance) }
        for activity in transition.activities { try activity.scheduled.queue?.validated() }
        for child in transition.subWorkflows { try check(child, of: transition.instance) }
        for signal in transition.signals {
            try signal.instance.validated()
            try IdentifierRules.check(signal.name, subject: "signal name")
            try check(.signalScheduled(signal), of: transition.instance)
        }
        if case .continuedAsNew(let continuation) = transition.completion {
            try continuation.execution.validated()
            try check(.started(continuation.started), of: transition.instance)
            for signal in continuation.signals { try check(signal, of: transition.instance) }
        }
        let length = transition.expectedLength + transition.events.count
        // An end is always accepted: an instance at the limit could not even be failed otherwise.
        guard length <= limits.historyLength || transition.completion != nil else {
            throw StoreError(
                .historyTooLong,
                "the history of instance \"\(transition.instance)\" would have \(length) events, at most "
                    + "\(limits.historyLength) are allowed"
            )
        }
    }

    private func check(_ child: EventBody.SubWorkflowScheduled, of parent: InstanceID) throws(StoreError) {
        try child.instance.validated()
        try child.execution.validated()
        try child.queue?.validated()
        try IdentifierRules.check(child.workflow, subject: "workflow name")
        try check(.subWorkflowScheduled(child), of: parent)
    }

    /// - Throws: `StoreError` with code `payloadTooLarge`.
    func check(_ event: EventBody, of instance: InstanceID) throws(StoreError) {
        try check(bytes: event.largestPayload, of: instance)
    }

    /// - Throws: `StoreError` with code `payloadTooLarge`.
    func check(bytes: Int, of instance: InstanceID) throws(StoreError) {
        guard bytes <= limits.payloadBytes else {
            throw StoreError(
                .payloadTooLarge,
                "a payload for instance \"\(instance)\" has \(bytes) bytes, at most \(limits.payloadBytes) are allowed; "
                    + "store large values elsewhere and pass a reference"
            )
        }
    }
}
