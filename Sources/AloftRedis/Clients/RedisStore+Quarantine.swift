public import AloftCore
import RedisClient

extension RedisStore {
    public func quarantinedCount() async throws(StoreError) -> Int {
        var count = 0
        for keys in partitions.keyspaces {
            let key = RedisArgument("\(keys.base)quarantined")
            let subject = "counting quarantined instances"
            do {
                count += try await repeating(subject, .reading) { () async throws in
                    try await self.redis.send(RedisCommand("SCARD", key))
                }.int
            } catch {
                throw await named(StoreError(error, while: subject), keys: [key], subject)
            }
        }
        return count
    }

    public func liftQuarantine(of instances: [InstanceID]) async throws(StoreError) -> Int {
        for instance in instances { try instance.validated() }
        var lifted = 0
        for group in Dictionary(grouping: instances, by: { partitions[$0].base }).values {
            for start in stride(from: 0, to: group.count, by: 100) {
                let part = group[start..<min(start + 100, group.count)]
                let keys = partitions[part[start]]
                let reply = try await timed(
                    Scripts.lift,
                    "lifting the quarantine of instances",
                    keys: part.map { keys.instance($0) },
                    arguments: [RedisArgument(keys.base)] + part.map { RedisArgument($0.rawValue) }
                )
                lifted += try reply.amount(1)
            }
        }
        return lifted
    }
}
