internal import AloftCore
internal import AloftRedis
internal import ArgumentParser
internal import Foundation
internal import Logging

/// Where the instances are.
struct StoreOptions: ParsableArguments {
    @Option(help: "Where Redis is; otherwise ALOFT_REDIS_URL, otherwise redis://localhost:6379.")
    var redis: String?

    @Option(help: "What the keys begin with; otherwise ALOFT_PREFIX, otherwise aloft.")
    var prefix: String?

    /// Runs a body on a store, and stops the store behind it.
    ///
    /// Whatever a worker would refuse to run on is taken here, with a warning: to look into it is the purpose.
    /// - Throws: `ExitCode` after telling why, if there is no usable store.
    func withStore(_ body: (RedisStore) async throws -> Void) async throws {
        let environment = ProcessInfo.processInfo.environment
        do {
            var configuration = try RedisStore.Configuration(
                url: redis ?? environment["ALOFT_REDIS_URL"] ?? "redis://localhost:6379"
            )
            configuration.prefix = prefix ?? environment["ALOFT_PREFIX"] ?? configuration.prefix
            configuration.accepts = .eviction
            configuration.retryDuration = .seconds(5)
            let store = try await RedisStore.existing(configuration, logger: Self.logger)
            do {
                try await body(store)
                await store.shutdown()
            } catch {
                await store.shutdown()
                throw error
            }
        } catch let error as StoreError {
            Console.complain(error.message)
            throw ExitCode.unusable
        }
    }

    private static var logger: Logger {
        var logger = Logger(label: "aloft") { _ in ConsoleLogHandler() }
        logger.logLevel = .warning
        return logger
    }
}
