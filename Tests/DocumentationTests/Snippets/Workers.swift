import Aloft
import AloftRedis
import AloftSupervisor
import Logging
import ServiceLifecycle
import UnixSignals

enum WorkerSnippets {
    static func machines(_ store: any WorkflowStore) -> [Worker] {
        let decides = Worker(store: store, queues: ["orders"], options: WorkerOptions(servesActivities: false)) {
            Deliver.self
            PayOrder.self
        }
        let works = Worker(
            store: store,
            queues: ["orders", "gateway"],
            options: WorkerOptions(servesWorkflows: false, maximumActivities: 20)
        ) {
            Charge()
            Refund()
        }
        return [decides, works]
    }

    static func supervised(_ logger: Logger) async throws {
        Supervisor.runIfAsked()
        let store = try await RedisStore(.init(url: "redis://localhost:6379"))
        let worker = Worker(store: store, queues: ["orders"], logger: logger) { Deliver.self }
        let services = ServiceGroup(
            services: [store, worker],
            gracefulShutdownSignals: [.sigterm],
            cancellationSignals: [.sigint],
            logger: logger
        )
        try await services.run()
    }
}
