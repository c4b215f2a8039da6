import AloftTesting
import Testing

@Suite("MemoryStore: invariants", .timeLimit(.minutes(3)))
struct MemoryStoreInvariantTests {
    @Test("whatever workers do, the invariants hold, all work is done once, and nothing is left", arguments: 1...5)
    func randomFleet(_ seed: UInt64) async throws {
        var fleet = RandomFleet(seed: seed)
        try await fleet.run(steps: 400)
        try await fleet.finish()
    }
}
