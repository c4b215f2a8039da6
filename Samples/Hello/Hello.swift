import Aloft
import AloftRedis
import Foundation
import Logging
import ServiceLifecycle

struct Greet: Activity {
    func run(_ context: ActivityContext, _ name: String) async throws -> String { "Hello, \(name)!" }
}

struct Greeting: Workflow {
    func run(_ context: WorkflowContext, _ name: String) async throws -> String {
        try await context.activity(Greet.self, name)
    }
}

@main
struct Hello {
    static func main() async throws {
        let url = ProcessInfo.processInfo.environment["ALOFT_REDIS_URL"] ?? "redis://localhost:6379"
        let logger = Logger(label: "hello") { _ in SwiftLogNoOpLogHandler() }
        let store = try await RedisStore(.init(url: url), logger: logger)
        let worker = Worker(store: store, queues: ["hello"], logger: logger) {
            Greeting.self
            Greet()
        }
        let services = ServiceGroup(services: [store, worker], logger: logger)
        async let running: Void = services.run()

        let client = WorkflowClient(store: store)
        let handle = try await client.start(Greeting.self, "world", queue: "hello")
        print(try await handle.result())

        await services.triggerGracefulShutdown()
        try await running
    }
}
