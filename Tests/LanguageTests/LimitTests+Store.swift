import Aloft
import AloftRedis
import Testing

extension LimitTests {
    struct Listens: Workflow {
        static let number = Signal<Int>("number")
        func run(_ context: WorkflowContext, _ count: Int) async throws -> [Int] {
            var numbers: [Int] = []
            while numbers.count < count { numbers.append(try await context.receive(Self.number)) }
            return numbers
        }
    }

    @Test("A full inbox refuses senders until its instance has taken some", arguments: Setup.all)
    func inbox(_ setup: Setup) async throws {
        try await withFleet(setup, inboxLimit: 4) { fleet in
            let handle = try await fleet.client.start(Listens.self, 4)
            // The start itself is one of the four.
            for number in 0..<3 {
                try await handle.signal(Listens.number, number)
            }
            await #expect { try await handle.signal(Listens.number, 3) } throws: {
                ($0 as? StoreError)?.code == .inboxFull
            }
            try await fleet.withWorker({ Listens.self }) {
                try await eventually { try await handle.state().historyLength == 4 }
                try await handle.signal(Listens.number, 3)
                let numbers = try await handle.result()
                #expect(numbers == [0, 1, 2, 3])
            }
        }
    }

    @Test("With a higher limit an instance goes on from the history that was full", arguments: Setup.all)
    func raised(_ setup: Setup) async throws {
        // A store in memory has one limit for its life.
        guard setup.backend == .redis else { return }
        try await withFleet(setup, historyLimit: 6) { fleet in
            // The end of an instance is always recorded, so this one needs one signal more.
            let handle = try await fleet.client.start(Listens.self, 9)
            for number in 0..<8 { try await handle.signal(Listens.number, number) }
            try await fleet.withWorker({ Listens.self }) {
                try await eventually { try await handle.state().problem != nil }
            }
            var configuration = try #require(fleet.redis)
            configuration.maximumHistoryLength = 100
            let store = try await RedisStore(configuration)
            let raised = Fleet(store: store, client: WorkflowClient(store: store), setup: setup)
            try await raised.withWorker({ Listens.self }) {
                try await handle.signal(Listens.number, 8)
                let numbers = try await handle.result()
                #expect(numbers == Array(0..<9))
                let problem = try await handle.state().problem
                #expect(problem == nil)
            }
            await store.shutdown()
        }
    }
}
