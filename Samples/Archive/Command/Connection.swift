import Aloft
import AloftRedis
import Logging
import ServiceLifecycle

/// A store that is open for the time of a body.
enum Connection {
    static func withStore<Result: Sendable>(
        _ url: String,
        _ body: (RedisStore) async throws -> Result
    ) async throws -> Result {
        var logger = Logger(label: "archive.redis") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        let store = try await RedisStore(.init(url: url), logger: logger)
        do {
            let result = try await body(store)
            await store.shutdown()
            return result
        } catch {
            await store.shutdown()
            throw error
        }
    }
}
