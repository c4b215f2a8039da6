public import AloftCore
import RedisClient

extension RedisStore {
    public func recentlyFinished(
        _ statuses: Set<InstanceStatus>,
        limit: Int
    ) async throws(StoreError) -> [InstanceState] {
        let limit = min(max(0, limit), 1_000)
        guard limit > 0 else { return [] }
        var found: [(expiry: Int, state: InstanceState)] = []
        for keys in partitions.keyspaces {
            for status in statuses where status.isFinished {
                let reply = try await timed(
                    Scripts.recent,
                    "reading what has finished lately",
                    keys: [keys.expiring(status)],
                    arguments: [RedisArgument(keys.base), RedisArgument(limit), RedisArgument(listBytes)],
                    repetition: .reading
                )
                for index in stride(from: 1, to: reply.count, by: 2 + Reply.stateFields.count) {
                    let state = try reply.state(of: InstanceID(try reply.text(index)), at: index + 2)
                    found.append((try reply.int(index + 1), state))
                }
            }
        }
        found.sort { ($0.expiry, $0.state.instance) > ($1.expiry, $1.state.instance) }
        return found.prefix(limit).map(\.state)
    }

    public func retryNow(_ command: CommandID, of instance: InstanceID) async throws(StoreError) -> Bool {
        try instance.validated()
        let keys = partitions[instance]
        let reply = try await timed(
            Scripts.retry,
            "trying an activity of instance \"\(instance)\" again",
            keys: [keys.instance(instance), keys.activities(instance), keys.due],
            arguments: [
                RedisArgument(keys.base), RedisArgument(instance.rawValue), RedisArgument(command.number),
            ]
        )
        switch try reply.int(1) {
        case -1: throw .notFound(instance)
        case -2: throw .finished(instance)
        case let answer: return answer == 1
        }
    }
}
