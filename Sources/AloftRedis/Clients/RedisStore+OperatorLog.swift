public import AloftCore
import RedisClient

/// In the first partition, whatever instances the actions are about.
extension RedisStore: OperatorLog {
    public func note(_ action: OperatorAction) async throws(StoreError) {
        let payload: Payload
        do {
            payload = try PayloadCoder().encode(action.bounded)
        } catch {
            throw StoreError(.corrupt, "an action cannot be noted: \(error)")
        }
        _ = try await timed(
            Scripts.note,
            "noting an action",
            keys: [partitions.keyspaces[0].actions],
            arguments: [RedisArgument(payload.bytes), RedisArgument(Self.keptActions)],
            repetition: .unlessExecuted
        )
    }

    public func lastActions(_ limit: Int) async throws(StoreError) -> [OperatorAction] {
        let limit = min(limit, Self.keptActions)
        guard limit > 0 else { return [] }
        let reply = try await timed(
            Scripts.actions,
            "reading what was done by hand",
            keys: [partitions.keyspaces[0].actions],
            arguments: [RedisArgument(limit)],
            repetition: .reading
        )
        var actions: [OperatorAction] = []
        for index in 1..<max(1, reply.count) {
            let payload = Payload(bytes: try reply.bytes(index), encoding: .json)
            // What a newer version noted may be more than this one reads.
            if let action = try? PayloadCoder().decode(OperatorAction.self, from: payload) { actions.append(action) }
        }
        return actions
    }
}
