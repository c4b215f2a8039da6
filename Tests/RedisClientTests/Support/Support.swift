import LocalRedis
import Logging
import NIOCore
import RedisClient
import Testing

let quiet: Logger = {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return logger
}()

struct ConditionNeverMet: Error {}

/// Waits until `condition` holds.
func eventually(
    within limit: Duration = .seconds(20),
    _ condition: () async throws -> Bool,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let clock = ContinuousClock()
    let end = clock.now + limit
    while clock.now < end {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(2))
    }
    Issue.record("the condition was never met", sourceLocation: sourceLocation)
    throw ConditionNeverMet()
}

/// The error of `body`, which is expected to be of ours.
func redisError(
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> some Sendable
) async throws -> RedisError {
    try await #require(throws: RedisError.self, sourceLocation: sourceLocation) { _ = try await body() }
}

extension RedisConfiguration {
    /// Short waits, so that tests of reconnects are quick.
    static func test(_ url: String) throws -> RedisConfiguration {
        var configuration = try RedisConfiguration(url: url)
        configuration.backoff = RedisBackoff(initial: .milliseconds(2), maximum: .milliseconds(20))
        configuration.commandTimeout = .seconds(20)
        return configuration
    }
}

/// Runs `body` with a client that is shut down afterwards.
func withClient<Result>(
    _ configuration: RedisConfiguration,
    eventLoop: (any EventLoop)? = nil,
    _ body: (RedisClient) async throws -> Result
) async throws -> Result {
    let client = RedisClient(configuration, eventLoop: eventLoop, logger: quiet)
    do {
        let result = try await body(client)
        await client.shutdown()
        return result
    } catch {
        await client.shutdown()
        throw error
    }
}

/// Runs `body` with a private server and a client of it.
func withRedis<Result>(
    _ options: LocalRedisOptions = LocalRedisOptions(),
    _ change: (inout RedisConfiguration) -> Void = { _ in },
    _ body: (RedisClient, LocalRedis) async throws -> Result
) async throws -> Result {
    try await withLocalRedis(options) { server in
        var configuration = try RedisConfiguration.test(server.url)
        change(&configuration)
        return try await withClient(configuration) { try await body($0, server) }
    }
}

extension RedisClient {
    func get(_ key: String) async throws -> String? {
        try await send(RedisCommand("GET", RedisArgument(key))).nonNull?.string
    }

    func set(_ key: String, _ value: String) async throws {
        _ = try await send(RedisCommand("SET", RedisArgument(key), RedisArgument(value)))
    }

    /// The lines of `CLIENT LIST`.
    func clientList() async throws -> [String] {
        try await send(RedisCommand("CLIENT", "LIST")).string.split(separator: "\n").map { String($0) }
    }

    /// Ends all connections of a kind except our own.
    func killOthers(type: String = "normal") async throws {
        _ = try await send(RedisCommand("CLIENT", "KILL", "TYPE", RedisArgument(type), "SKIPME", "yes"))
    }
}
