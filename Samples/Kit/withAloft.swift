public import Aloft
import AloftRedis
import Foundation
import LocalRedis
import Logging
import ServiceLifecycle
import UnixSignals

/// What every sample needs and none is about: a store, a worker and a client for as long as a body runs.
///
/// Redis is the one of `ALOFT_REDIS_URL`, otherwise a private server that is stopped at the end.
public func withAloft(
    queues: [TaskQueue] = ["samples"],
    @WorkerBuilder _ components: () -> [WorkerComponent],
    body: @escaping @Sendable (WorkflowClient) async throws -> Void
) async throws {
    let components = components()
    try await withRedis { url in
        let logger = Logger(label: "sample") { StreamLogHandler.standardError(label: $0) }.leveled(.warning)
        let store = try await RedisStore(.init(url: url), logger: logger)
        let worker = Worker(store: store, queues: queues, logger: logger) { components }
        let services = ServiceGroup(
            services: [store, worker],
            gracefulShutdownSignals: [.sigint, .sigterm],
            logger: logger
        )
        async let running: Void = services.run()
        do {
            try await body(WorkflowClient(store: store))
        } catch {
            await services.triggerGracefulShutdown()
            try? await running
            throw error
        }
        await services.triggerGracefulShutdown()
        try await running
    }
}

private func withRedis(_ body: (String) async throws -> Void) async throws {
    if let url = ProcessInfo.processInfo.environment["ALOFT_REDIS_URL"] {
        try await body(url)
    } else {
        try await withLocalRedis { server in try await body(server.url) }
    }
}

extension Logger {
    fileprivate func leveled(_ level: Logger.Level) -> Logger {
        var logger = self
        logger.logLevel = level
        return logger
    }
}
