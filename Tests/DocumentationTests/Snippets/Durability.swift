import AloftRedis
import Logging

enum DurabilitySnippets {
    static func store(_ logger: Logger) async throws -> RedisStore {
        var configuration = try RedisStore.Configuration(url: "redis://redis.internal:6379")
        configuration.durability = .replicated(1)
        let store = try await RedisStore(configuration, logger: logger)
        return store
    }

    static func accept(_ configuration: inout RedisStore.Configuration) {
        configuration.accepts = [.weakPersistence, .littleMemory]
    }
}
