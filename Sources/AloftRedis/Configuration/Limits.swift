import AloftCore
import RedisClient

extension RedisStore {
    /// - Throws: `StoreError` with code `payloadTooLarge`.
    func checkPayload(of event: EventBody, for instance: InstanceID) throws(StoreError) {
        let bytes = event.largestPayload
        guard bytes <= configuration.maximumPayloadBytes else {
            throw StoreError(
                .payloadTooLarge,
                "a payload for instance \"\(instance)\" has \(bytes) bytes, at most "
                    + "\(configuration.maximumPayloadBytes) are allowed; keep large values elsewhere and pass a reference"
            )
        }
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

extension Duration {
    /// Milliseconds as Redis takes them: not negative and at most some thousand years, so that sums stay whole numbers.
    var redisMilliseconds: Int64 { min(max(wholeMilliseconds, 0), 1 << 48) }
}
