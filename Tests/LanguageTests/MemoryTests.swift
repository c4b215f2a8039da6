import Aloft
import Synchronization
import Testing

/// What has ended, or left memory, leaves nothing in it.
@Suite struct MemoryTests {
    /// The executions that are in memory, counted by weak references.
    final class Census: Sendable {
        private struct Entry {
            weak var execution: Execution?
        }

        private let entries = Mutex<[Entry]>([])
        private let most = Mutex(0)

        func enter(_ execution: Execution) {
            let count = entries.withLock { entries in
                entries.removeAll { $0.execution == nil }
                entries.append(Entry(execution: execution))
                return entries.count
            }
            most.withLock { $0 = max($0, count) }
        }

        /// The most that were in memory at a time.
        var peak: Int { most.withLock { $0 } }
        var present: Int { entries.withLock { entries in entries.count { $0.execution != nil } } }
    }

    /// One for each test and setup, found by name: workflow code gets nothing but its input.
    private static let censuses = Mutex<[String: Census]>([:])

    static func census(_ name: String) -> Census {
        censuses.withLock { censuses in
            let census = censuses[name] ?? Census()
            censuses[name] = census
            return census
        }
    }

    struct Round: Codable, Sendable {
        var census: String
        var left: Int
    }

    /// Ends each round with something of every kind left open.
    struct Restless: Workflow {
        static let never = Signal<Int>("never")

        func run(_ context: WorkflowContext, _ round: Round) async throws -> Int {
            MemoryTests.census(round.census).enter(context.execution)
            guard round.left > 0 else { return context.historyLength }
            let channel = context.channel(of: Int.self)
            let promise = context.promise(of: Int.self)
            let open = context.future { try await channel.send(try await promise.future.value) }
            context.future { try await context.receive(Self.never) }
            context.future { try await context.sleep(for: .seconds(3600)) }
            context.future { try await context.until { open.isDone } }
            try await context.timeout(.seconds(3600)) { _ = try await context.sideEffect { 1 } }
            throw context.continueAsNew(Round(census: round.census, left: round.left - 1))
        }
    }

    @Test("However often an instance continues as new, the executions before are gone", arguments: Setup.all)
    func continuing(_ setup: Setup) async throws {
        let name = "continuing, \(setup)"
        try await withFleet(setup) {
            Restless.self
        } body: { fleet in
            let handle = try await fleet.client.start(Restless.self, Round(census: name, left: 300))
            #expect(try await handle.result() == 1)
        }
        // The next may begin while the one before is being unloaded.
        #expect(Self.census(name).peak <= 3)
        #expect(Self.census(name).present == 0)
    }

    struct Brief: Workflow {
        func run(_ context: WorkflowContext, _ census: String) async throws {
            MemoryTests.census(census).enter(context.execution)
            _ = try await context.receive(Restless.never)
        }
    }

    @Test("More open instances than may be resident: the rest leave memory", arguments: Setup.all.filter(\.isResident))
    func residents(_ setup: Setup) async throws {
        let name = "residents, \(setup)"
        let options = WorkerOptions(maximumWorkflowTasks: 4, maximumResidents: 10)
        try await withFleet(setup) { fleet in
            try await fleet.withWorker(options: options, { Brief.self }) {
                var handles: [InstanceHandle<Void>] = []
                for number in 0..<60 {
                    handles.append(try await fleet.client.start(Brief.self, name, id: "brief-\(number)"))
                }
                let started = handles
                try await eventually {
                    for handle in started where try await handle.state().historyLength < 1 { return false }
                    return true
                }
                try await eventually { Self.census(name).present <= 10 }
                for handle in started { try await handle.signal(Restless.never, 1) }
                for handle in started { try await handle.result() }
                try await eventually { Self.census(name).present == 0 }
            }
        }
        #expect(Self.census(name).peak <= 10 + 2 * 4)
    }
}
