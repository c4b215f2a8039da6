// The client's half: knows the workflow by name and types, and links neither its code nor the engine.
import AloftClient
import AloftRedis
import Foundation
import Logging
import SplitContract

@main struct ShortenerClient {
    static func main() async throws {
        let url = ProcessInfo.processInfo.environment["ALOFT_REDIS_URL"] ?? "redis://localhost:6379"
        let logger = Logger(label: "shortener-client") { _ in SwiftLogNoOpLogHandler() }
        let store = try await RedisStore(.init(url: url), logger: logger)
        let client = WorkflowClient(store: store)
        for text in CommandLine.arguments.dropFirst() {
            // It waits in Redis until a worker takes it.
            let handle = try await client.start(Contract.shorten, text, queue: Contract.queue)
            print(try await handle.result())
        }
        await store.shutdown()
    }
}
