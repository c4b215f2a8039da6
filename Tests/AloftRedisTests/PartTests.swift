import AloftCore
import AloftRedis
import RedisClient
import Testing

@Suite struct PartTests {
    @Test(arguments: [("7.0.15", 7, 0), ("7.2.4", 7, 2), ("8.0-rc1", 8, 0), ("6.2", 6, 2), ("10", 10, 0)])
    func versionsAreRead(text: String, major: Int, minor: Int) {
        #expect(RedisVersion(text) == RedisVersion(major: major, minor: minor))
    }

    @Test(arguments: ["", "redis", "v7"])
    func whatIsNoVersionIsNone(text: String) {
        #expect(RedisVersion(text) == nil)
    }

    @Test func instancesStayInTheirPartition() {
        let map = PartitionMap(prefix: "aloft", count: 16)
        #expect(map["order-42"].base == "{aloft:\(StableHash.of("order-42") % 16)}:")
        let bases = Set((0..<1000).map { map[InstanceID("order-\($0)")].base })
        #expect(bases.count == 16)
    }

    @Test func receiptsAreNamedByTheirPlace() {
        let keys = PartitionMap(prefix: "aloft", count: 1)["x"]
        #expect(keys.token(of: TaskReceipt(place: "{aloft:0}:q:w:orders", entry: "1-2")) == "q1-2")
        #expect(keys.token(of: TaskReceipt(place: "{aloft:0}:w:ab|c", entry: "1-2")) == "w1-2|ab|c")
    }

    @Test func aLeaseOutlivesThreeLostBeats() {
        let start = ContinuousClock.now
        var lease = LeaseState(lease: .seconds(8), registeredAt: start)
        #expect(lease.interval == .seconds(2))
        #expect(lease.due(at: start) == .beat)
        #expect(lease.answered(true, sentAt: start) == nil)
        for beat in 1...3 { #expect(lease.due(at: start + .seconds(2 * beat)) == .beat) }
        #expect(lease.due(at: start + .seconds(8)) == .giveUp)
        #expect(lease.isLost)
    }

    @Test func aLeaseIsCountedFromWhenTheBeatWasSent() {
        let start = ContinuousClock.now
        var lease = LeaseState(lease: .seconds(8), registeredAt: start)
        #expect(lease.answered(true, sentAt: start + .seconds(4)) == nil)
        // An older answer that comes later takes nothing back.
        #expect(lease.answered(true, sentAt: start + .seconds(2)) == nil)
        #expect(lease.due(at: start + .seconds(11)) == .beat)
        #expect(lease.due(at: start + .seconds(12)) == .giveUp)
    }

    @Test func aRefusedBeatEndsTheLease() {
        var lease = LeaseState(lease: .seconds(8), registeredAt: .now)
        #expect(lease.answered(false, sentAt: .now) == .giveUp)
        #expect(lease.due(at: .now) == .giveUp)
    }

    @Test func whoIsWokenBeforeSleepingDoesNotSleep() async throws {
        let waiters = CompletionWaiters()
        let ticket = try waiters.register("a")
        waiters.wake("b")
        waiters.wake("a")
        try await waiters.sleep(ticket)
        let sleeping = Task { try await waiters.sleep(ticket) }
        waiters.wakeAll()
        waiters.shutdown()
        await #expect(throws: StoreError.self) { try await sleeping.value }
        #expect(throws: StoreError.self) { _ = try waiters.register("a") }
    }
}
