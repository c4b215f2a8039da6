// The worker's half: has the code, and nothing to do with who asks. It is also the program that deploy/ deploys.
import Aloft
import AloftEndpoint
import AloftPrometheus
import AloftRedis
import CoreMetrics
import Logging
import ServiceLifecycle
import SplitContract
import UnixSignals

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

struct Shorten: Workflow {
    func run(_ context: WorkflowContext, _ text: String) async throws -> String {
        text.split(separator: " ").compactMap(\.first).map(String.init).joined()
    }
}

@main struct ShortenerWorker {
    static func main() async throws {
        let environment = ProcessInfo.processInfo.environment
        let logger = Logger(label: "shortener") { StreamLogHandler.standardError(label: $0) }
        // Before whatever measures something is made.
        let metrics = PrometheusMetrics()
        MetricsSystem.bootstrap(metrics)
        let store = try await RedisStore(configuration(environment), logger: logger)
        let worker = Worker(store: store, queues: [Contract.queue], logger: logger) { Shorten.self }
        var services: [any Service] = [store]
        if let text = environment["ALOFT_ENDPOINT"] {
            guard let address = WorkerEndpoint.address(text) else {
                throw StoreError(.misconfigured, "ALOFT_ENDPOINT is \"\(text)\"; write it as 127.0.0.1:9464")
            }
            // Before the worker, so that it answers while the worker drains.
            services.append(
                WorkerEndpoint(
                    workers: [worker],
                    host: address.host,
                    port: address.port,
                    logger: logger,
                    metrics: { metrics.exposition() }
                )
            )
        }
        services.append(worker)
        let group = ServiceGroup(services: services, gracefulShutdownSignals: [.sigint, .sigterm], logger: logger)
        try await group.run()
    }

    private static func configuration(_ environment: [String: String]) throws -> RedisStore.Configuration {
        var configuration = try RedisStore.Configuration(
            url: environment["ALOFT_REDIS_URL"] ?? "redis://localhost:6379"
        )
        if let prefix = environment["ALOFT_PREFIX"] { configuration.prefix = prefix }
        return configuration
    }
}
