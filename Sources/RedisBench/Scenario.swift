import RedisClient

/// One thing to measure: what each caller does over and over.
struct Scenario: Sendable {
    let name: String
    let operation: @Sendable (RedisClient, _ caller: Int) async throws -> Void

    static let get = Scenario(name: "get") { client, caller in
        _ = try await client.send(RedisCommand("GET", "bench:\(caller)"))
    }

    /// About what one step of a workflow writes.
    static let transition = Scenario(name: "script") { client, caller in
        let tag = "{bench:\(caller)}"
        _ = try await client.run(
            transitionScript,
            keys: [
                "\(tag):instance", "\(tag):history", "\(tag):inbox", "\(tag):tasks", "\(tag):due",
            ],
            arguments: ["17", "running", "an event of a plausible size, some sixty bytes of it", "1234567", "timer:1"]
        )
    }

    private static let transitionScript = RedisScript(
        name: "transition",
        source: """
            local held = redis.call('HMGET', KEYS[1], 'version', 'status')
            redis.call('HSET', KEYS[1], 'version', ARGV[1], 'status', ARGV[2])
            redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
            redis.call('RPUSH', KEYS[3], ARGV[3])
            redis.call('LTRIM', KEYS[3], -5, -1)
            redis.call('XADD', KEYS[4], 'MAXLEN', '~', '100', '*', 'task', ARGV[5])
            redis.call('ZADD', KEYS[5], ARGV[4], ARGV[5])
            return held[1]
            """
    )
}
