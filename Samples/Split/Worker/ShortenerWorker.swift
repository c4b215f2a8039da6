// The worker's half: has the code, and nothing to do with who asks.
import Aloft
import AloftRedis
import Foundation
import Logging
import ServiceLifecycle
import SplitContract
import UnixSignals

struct Shorten: Workflow {
    func run(_ context: WorkflowContext, _ text: String) async throws -> String {
        text.split(separator: " ").compactMap(\.first).map(String.init).joined()
    }
}

@main struct ShortenerWorker {
    static func main() async throws {
        let url = ProcessInfo.processInfo.environment["ALOFT_REDIS_URL"] ?? "redis://localhost:6379"
        let logger = Logger(label: "shortener") { StreamLogHandler.standardError(label: $0) }
        let store = try await RedisStore(.init(url: url), logger: logger)
        let worker = Worker(store: store, queues: [Contract.queue], logger: logger) { Shorten.self }
        let services = ServiceGroup(
            services: [store, worker],
            gracefulShutdownSignals: [.sigint, .sigterm],
            logger: logger
        )
        try await services.run()
    }
}
