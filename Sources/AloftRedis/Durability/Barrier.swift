package import RedisClient

/// The command at the end of a flush whose reply tells that what was written before is safe.
package enum Barrier: Sendable, Hashable {
    case replicas(Int)
    /// `WAITAOF`, of Redis 7.2.
    case disk

    package func command(timeout: Duration) -> RedisCommand {
        // 0 would be for ever.
        let limit = RedisArgument(max(1, timeout.redisMilliseconds))
        return switch self {
        case .replicas(let count): RedisCommand("WAIT", RedisArgument(count), limit)
        case .disk: RedisCommand("WAITAOF", 1, 0, limit)
        }
    }

    /// What is missing, `nil` if nothing is.
    package func shortfall(in reply: RedisValue) throws(RedisError) -> String? {
        switch self {
        case .replicas(let count):
            let reached = try reply.int
            guard reached < count else { return nil }
            return "\(reached) of \(count) \(count == 1 ? "replica" : "replicas") had it"
        case .disk:
            guard let local = try reply.array.first, try local.int >= 1 else { return "it was not on disk" }
            return nil
        }
    }
}
