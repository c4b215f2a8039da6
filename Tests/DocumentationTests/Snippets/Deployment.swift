import Aloft
import AloftEndpoint
import Logging
import ServiceLifecycle
import UnixSignals

/// The code of the article about deployment.
enum DeploymentSnippets {
    static func serve(_ store: some Service, _ worker: Worker, _ logger: Logger) async throws {
        let endpoint = WorkerEndpoint(workers: [worker], host: "0.0.0.0")
        let services = ServiceGroup(
            services: [store, endpoint, worker],
            gracefulShutdownSignals: [.sigterm],
            logger: logger
        )
        try await services.run()
    }
}
