import Aloft
import Testing

@Suite struct SignalTests {
    struct Collector: Workflow {
        static let item = Signal<Int>("item")
        static let stop = Signal<Void>("stop")

        func run(_ context: WorkflowContext, _ count: Int) async throws -> [Int] {
            var items: [Int] = []
            for try await item in context.signals(Self.item) {
                items.append(item)
                if items.count == count { break }
            }
            try await context.receive(Self.stop)
            if let extra = try await context.tryReceive(Self.item) { items.append(extra) }
            return items
        }
    }

    @Test("Signals are buffered from the start, in order, and received by name", arguments: Setup.all)
    func order(_ setup: Setup) async throws {
        try await withFleet(setup) { fleet in
            // Nobody works yet: all of these wait.
            let handle = try await fleet.client.start(Collector.self, 200)
            for number in 0..<150 { try await handle.signal(Collector.item, number) }
            try await fleet.withWorker({ Collector.self }) {
                for number in 150..<201 { try await handle.signal(Collector.item, number) }
                try await handle.signal(Collector.stop)
                #expect(try await handle.result() == Array(0..<201))
            }
        }
    }

    @Test("A signal with an id is delivered once", arguments: Setup.all)
    func once(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Collector.self
        } body: { fleet in
            let handle = try await fleet.client.start(Collector.self, 2)
            for _ in 0..<3 { try await handle.signal(Collector.item, 1, id: "first") }
            try await handle.signal(Collector.item, 2, id: "second")
            try await handle.signal(Collector.stop)
            #expect(try await handle.result() == [1, 2])
        }
    }

    @Test("Signalling nobody and signalling the finished are told apart", arguments: Setup.all)
    func undeliverable(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Collector.self
        } body: { fleet in
            let nobody = fleet.client.handle("nobody", of: Collector.self)
            await #expect { try await nobody.signal(Collector.stop) } throws: {
                ($0 as? StoreError)?.code == .instanceNotFound
            }
            let handle = try await fleet.client.start(Collector.self, 1)
            try await handle.signal(Collector.item, 1)
            try await handle.signal(Collector.stop)
            _ = try await handle.result()
            await #expect { try await handle.signal(Collector.stop) } throws: {
                ($0 as? StoreError)?.code == .instanceFinished
            }
        }
    }

    struct Tolerant: Workflow {
        func run(_ context: WorkflowContext) async throws -> String {
            do {
                return "\(try await context.receive(Signal<Int>("value")))"
            } catch let error as PayloadError {
                return "\(error.type), then \(try await context.receive(Signal<Int>("value")))"
            }
        }
    }

    @Test("A signal that does not decode is an error of the receiving code", arguments: Setup.all)
    func undecodable(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Tolerant.self
        } body: { fleet in
            let handle = try await fleet.client.start(Tolerant.self)
            try await handle.signal(Signal<String>("value"), "not a number")
            try await handle.signal(Signal<Int>("value"), 5)
            #expect(try await handle.result() == "Int, then 5")
        }
    }
}
