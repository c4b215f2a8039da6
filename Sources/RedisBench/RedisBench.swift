import LocalRedis
import Logging
import RedisClient

/// Measures one connection against a private server: a JSON object per line.
///
/// Arguments: `RedisBench [scenario] [callers] [rounds]`, all optional.
@main
enum RedisBench {
    static func main() async throws {
        let words = CommandLine.arguments.dropFirst()
        let only = words.first
        let callers = words.dropFirst().first.flatMap { Int($0) }.map { [$0] } ?? [1, 16, 128]
        let rounds = words.dropFirst(2).first.flatMap { Int($0) } ?? 1

        let server = try LocalRedis(LocalRedisOptions(persistence: .none))
        defer { server.stop() }
        let configuration = try RedisConfiguration(url: server.url)
        let client = RedisClient(configuration, logger: Logger(label: "bench"))
        try await client.connect()
        for caller in 0..<128 {
            _ = try await client.send(RedisCommand("SET", "bench:\(caller)", "some value"))
        }
        for scenario in [Scenario.get, .transition] where only == nil || only == scenario.name {
            for callers in callers {
                _ = try await Measurement(scenario, callers: callers, seconds: 0.5, client: client)
                for _ in 0..<rounds {
                    print(try await Measurement(scenario, callers: callers, seconds: 3, client: client).json)
                }
            }
        }
        await client.shutdown()
    }
}
