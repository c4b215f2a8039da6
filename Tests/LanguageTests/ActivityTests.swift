import Aloft
import Synchronization
import Testing

@Suite struct ActivityTests {
    struct Order: Codable, Sendable, Equatable {
        var item: String
        var count: Int
    }

    /// Registered by a value that its runs share.
    struct Price: Activity {
        let perItem: Int
        func run(_ context: ActivityContext, _ order: Order) async throws -> Int { perItem * order.count }
    }

    /// Neither input nor output.
    final class Ping: Activity {
        static let name = "renamed-ping"
        let runs = Mutex(0)
        func run(_ context: ActivityContext) async throws { runs.withLock { $0 += 1 } }
    }

    struct Shopping: Workflow {
        func run(_ context: WorkflowContext, _ order: Order) async throws -> String {
            try await context.activity(Ping.self)
            let price = try await context.activity(Price.self, order)
            return try await context.activity(ActivityReference<Int, String>("label"), price)
        }
    }

    struct Silent: Workflow {
        static let name = "no input, no output"
        func run(_ context: WorkflowContext) async throws { try await context.activity(Ping.self) }
    }

    @Test("Activities by value, by closure and under another name, with and without values", arguments: Setup.all)
    func forms(_ setup: Setup) async throws {
        let ping = Ping()
        try await withFleet(setup) {
            Shopping.self
            Silent.self
            Price(perItem: 7)
            ping
            ActivityFunction("label") { (price: Int) in "costs \(price)" }
        } body: { fleet in
            let result = try await fleet.client.start(Shopping.self, Order(item: "nut", count: 6), id: "shop").result()
            #expect(result == "costs 42")
            let silent = try await fleet.client.start(Silent.self)
            try await silent.result()
            #expect(ping.runs.withLock { $0 } == 2)
            #expect(try await silent.status() == .completed)
            let history = try await fleet.client.handle("shop", of: Shopping.self).history()
            #expect(history.map(\.number) == Array(1...8))
        }
    }

    struct Refused: Error, Codable, Equatable {
        var reason: String
        var code: Int
    }
}
