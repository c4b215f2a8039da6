import Aloft
import Testing

@Suite struct ResidencyTests {
    struct Waiting: Workflow {
        static let go = Signal<Int>("go")
        func run(_ context: WorkflowContext, _ base: Int) async throws -> Int {
            let first = try await context.receive(Self.go)
            let second = try await context.activity(ActivityReference<Int, Int>("twice"), first)
            return try await base + second + context.receive(Self.go)
        }
    }

    @Test("Many more instances than fit into memory, each evicted and rebuilt", arguments: Setup.Backend.allCases)
    func eviction(_ backend: Setup.Backend) async throws {
        let setup = Setup(backend: backend, isResident: true)
        try await withFleet(setup) { fleet in
            var options = setup.options
            options.maximumResidents = 3
            try await fleet.withWorker(options: options) {
                Waiting.self
                ActivityFunction("twice") { (value: Int) in value * 2 }
            } body: {
                var handles: [InstanceHandle<Int>] = []
                for number in 0..<40 { handles.append(try await fleet.client.start(Waiting.self, number)) }
                for (number, handle) in handles.enumerated() { try await handle.signal(Waiting.go, number) }
                for handle in handles.reversed() { try await handle.signal(Waiting.go, 1000) }
                for (number, handle) in handles.enumerated() {
                    #expect(try await handle.result() == 3 * number + 1000)
                }
            }
        }
    }
}
