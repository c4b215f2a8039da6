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
        var logger = Logger(label: "sample") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        let store = try await RedisStore(.init(url: url), logger: logger)
        let worker = Worker(store: store, queues: queues, logger: logger) { components }
        let services = ServiceGroup(
            services: [store, worker],
            gracefulShutdownSignals: [.sigint, .sigterm],
            logger: logger
        )
        try await withThrowingTaskGroup(of: Part.self) { group in
            group.addTask {
                try await services.run()
                return .services
            }
            group.addTask {
                try await body(WorkflowClient(store: store))
                await services.triggerGracefulShutdown()
                return .body
            }
            // At Ctrl-C the services end first: then the body waits for nobody.
            if try await group.next() == .services { group.cancelAll() }
            try await group.waitForAll()
        }
    }
}

private enum Part { case services, body }

private func withRedis(_ body: (String) async throws -> Void) async throws {
    if let url = ProcessInfo.processInfo.environment["ALOFT_REDIS_URL"] {
        try await body(url)
    } else {
        try await withLocalRedis(LocalRedisOptions(persistence: .aofEverysec)) { server in try await body(server.url) }
    }
}
