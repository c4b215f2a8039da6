public import AloftCore
public import Logging
import RedisClient

extension RedisStore {
    /// Connects to a fleet that is there, for tools that look into it: makes nothing, and takes the number of partitions from the
    /// data, whatever the configuration says.
    ///
    /// - Throws: As `init`; `misconfigured` if there is nothing under the prefix.
    public static func existing(
        _ configuration: Configuration,
        logger: Logger = Logger(label: "aloft.redis")
    ) async throws(StoreError) -> RedisStore {
        var configuration = configuration
        try configuration.validate()
        guard let partitions = try await partitions(of: configuration, logger) else {
            throw StoreError(
                .misconfigured,
                "there is nothing of Aloft under prefix \"\(configuration.prefix)\" at \(configuration.redis.address): "
                    + "check prefix, database and server"
            )
        }
        configuration.partitions = partitions
        return try await RedisStore(configuration, logger: logger)
    }

    /// Whether there is a fleet under the prefix.
    package static func exists(_ configuration: Configuration, logger: Logger) async throws(StoreError) -> Bool {
        try configuration.validate()
        return try await partitions(of: configuration, logger) != nil
    }

    /// - Returns: `nil` if there is nothing under the prefix.
    private static func partitions(of configuration: Configuration, _ logger: Logger) async throws(StoreError) -> Int? {
        var settings = configuration.redis
        // Somebody sits before it and waits.
        settings.commandTimeout = min(settings.commandTimeout, .seconds(2))
        let client = RedisClient(settings, logger: logger)
        let key = PartitionMap(prefix: configuration.prefix, count: 1).keyspaces[0].namespace
        let reply: RedisValue
        do {
            reply = try await client.send(RedisCommand("HGET", key, "partitions"))
            await client.shutdown()
        } catch {
            await client.shutdown()
            throw refusal(error, at: configuration.redis.address)
        }
        guard !reply.isNull else { return nil }
        // What is no number is for the check of the namespace to name.
        return (try? reply.int).map { max(1, min($0, 1024)) } ?? configuration.partitions
    }
}
