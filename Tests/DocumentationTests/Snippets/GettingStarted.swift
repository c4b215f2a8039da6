import Aloft
import AloftRedis
import Logging
import ServiceLifecycle
import UnixSignals

struct Greet: Activity {
    func run(_ context: ActivityContext, _ name: String) async throws -> String {
        "Hello, \(name)!"
    }
}

struct Welcome: Workflow {
    static let confirmed = Signal<Bool>("confirmed")

    func run(_ context: WorkflowContext, _ name: String) async throws -> String {
        let greeting = try await context.activity(Greet.self, name)
        do {
            let isConfirmed = try await context.timeout(.seconds(7 * 24 * 3600)) {
                try await context.receive(Self.confirmed)
            }
            return isConfirmed ? greeting : "\(greeting) Good bye."
        } catch is TimeoutError {
            return "\(greeting) We never heard from you."
        }
    }
}

enum GettingStartedSnippets {
    static func work() async throws {
        let logger = Logger(label: "welcome")
        let store = try await RedisStore(.init(url: "redis://localhost:6379"))
        let worker = Worker(store: store, queues: ["welcome"], logger: logger) {
            Welcome.self
            Greet()
        }
        try await ServiceGroup(services: [store, worker], gracefulShutdownSignals: [.sigterm], logger: logger).run()
    }

    static func start(_ store: any WorkflowStore) async throws {
        let client = WorkflowClient(store: store)
        let handle = try await client.start(Welcome.self, "Ada", id: "welcome-ada", queue: "welcome")
        try await handle.signal(Welcome.confirmed, true)
        print(try await handle.result())
    }

    static func startByName(_ client: WorkflowClient) async throws -> InstanceHandle<String> {
        let welcome = WorkflowReference<String, String>("Welcome")
        let handle = try await client.start(welcome, "Ada", id: "welcome-ada", queue: "welcome")
        return handle
    }
}
