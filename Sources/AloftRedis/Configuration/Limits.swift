import AloftCore
import RedisClient

extension RedisStore {
    /// - Throws: `StoreError` with code `payloadTooLarge`.
    func checkPayload(of event: EventBody, for instance: InstanceID) throws(StoreError) {
        let bytes = event.largestPayload
        guard bytes <= configuration.maximumPayloadBytes else { throw tooLarge(bytes, for: instance) }
    }

    /// A memo counts as one payload.
    /// - Throws: `StoreError` with code `payloadTooLarge`.
    func checkMemo(_ memo: [String: String], for instance: InstanceID) throws(StoreError) {
        let bytes = memo.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        guard bytes <= configuration.maximumPayloadBytes else { throw tooLarge(bytes, for: instance) }
    }

    func tooLarge(_ bytes: Int, for instance: InstanceID) -> StoreError {
        StoreError(
            .payloadTooLarge,
            "a payload for instance \"\(instance)\" has \(bytes) bytes, at most "
                + "\(configuration.maximumPayloadBytes) are allowed; keep large values elsewhere and pass a reference"
        )
    }

    /// What one transition writes has to be read in one piece, too.
    func checkSize(of batch: [UInt8], for instance: InstanceID) throws(StoreError) {
        let limit = configuration.redis.maximumReplyBytes / 2
        guard batch.count <= limit else {
            throw StoreError(
                .payloadTooLarge,
                "a transition of instance \"\(instance)\" has \(batch.count) bytes, at most \(limit) are allowed; issue "
                    + "fewer activities with large inputs at once"
            )
        }
    }

    /// - Throws: `StoreError` with code `historyTooLong` or `payloadTooLarge`.
    func checkLimits(of transition: Transition) throws(StoreError) {
        for event in transition.events { try checkPayload(of: event.body, for: transition.instance) }
        for child in transition.subWorkflows { try checkPayload(of: .subWorkflowScheduled(child), for: child.instance) }
        for signal in transition.signals { try checkPayload(of: .signalScheduled(signal), for: signal.instance) }
        if case .continuedAsNew(let next)? = transition.completion {
            try checkPayload(of: .started(next.started), for: transition.instance)
            for signal in next.signals { try checkPayload(of: signal, for: transition.instance) }
        }
        let length = transition.expectedLength + transition.events.count
        // An end is always accepted: an instance at the limit could not even fail otherwise.
        guard length <= configuration.maximumHistoryLength || transition.completion != nil else {
            throw StoreError(
                .historyTooLong,
                "the history of instance \"\(transition.instance)\" would have \(length) events, at most "
                    + "\(configuration.maximumHistoryLength) are allowed"
            )
        }
    }
}

extension Transition {
    /// Checks every name. - Throws: ``StoreError``.
    func validate() throws(StoreError) {
        try instance.validated()
        try execution.validated()
        try worker.validated()
        for activity in activities { try activity.scheduled.queue?.validated() }
        for child in subWorkflows {
            try child.instance.validated()
            try child.execution.validated()
            try child.queue?.validated()
            try IdentifierRules.check(child.workflow, subject: "workflow name")
        }
        for signal in signals {
            try signal.instance.validated()
            try IdentifierRules.check(signal.name, subject: "signal name")
        }
        if case .continuedAsNew(let next)? = completion {
            try next.execution.validated()
            try next.started.queue.validated()
            try IdentifierRules.check(next.started.workflow, subject: "workflow name")
        }
    }
}

extension Duration {
    /// Milliseconds as Redis takes them: not negative and at most some thousand years, so that sums stay whole numbers.
    var redisMilliseconds: Int64 { min(max(wholeMilliseconds, 0), 1 << 48) }
}
