import AloftRedis
import LocalRedis
import RedisClient
import Testing

/// A master and a replica that is up to date.
func withReplica<Result>(_ body: (_ master: LocalRedis, _ replica: LocalRedis) async throws -> Result) async throws
    -> Result
{
    let master = try LocalRedis(
        LocalRedisOptions(persistence: .aofEverysec, tcp: true, extraArguments: ["--repl-diskless-sync-delay", "0"])
    )
    defer { master.stop() }
    let replica = try makeReplica(of: master)
    defer { replica.stop() }
    try await replicasAreConnected(to: master, 1)
    return try await body(master, replica)
}

func makeReplica(of master: LocalRedis) throws -> LocalRedis {
    try LocalRedis(LocalRedisOptions(extraArguments: ["--replicaof", "127.0.0.1", "\(master.port ?? 0)"]))
}

func replicasAreConnected(to master: LocalRedis, _ count: Int) async throws {
    let client = RedisClient(try RedisConfiguration(url: master.url), logger: quiet)
    try await eventually("\(count) replicas") {
        let text = try await client.send(RedisCommand("INFO", "replication")).string
        return text.split(separator: "\n").count { $0.contains("state=online") } == count
    }
    await client.shutdown()
}
