import AloftCore
import AloftTesting
import StoreConformance
import Testing

@Suite("MemoryStore: conformance")
struct MemoryStoreConformanceTests {
    @Test("under virtual time", .timeLimit(.minutes(3)), arguments: StoreConformance.all)
    func virtual(_ check: StoreConformance.Check) async throws {
        try await check.run(on: .memory)
    }

    @Test("under real time", .timeLimit(.minutes(3)), arguments: StoreConformance.all.filter { !$0.isTimed })
    func real(_ check: StoreConformance.Check) async throws {
        try await check.run(on: .realTimeMemory)
    }
}

extension StoreUnderTest {
    /// A memory store under a virtual clock.
    static let memory = StoreUnderTest(
        times: .virtual,
        isVirtual: true,
        makeStore: { settings in makeMemoryStore(settings, clock: VirtualClock()) },
        passTime: { store, duration in (store.clock as? VirtualClock)?.advance(by: duration) },
        footprint: { store in (store as? MemoryStore).map { $0.census().total } ?? 0 },
        audit: { store in (store as? MemoryStore)?.audit() ?? [] }
    )

    /// A memory store whose time is real: what the suite assumes of stores like that is tried here.
    static let realTimeMemory = StoreUnderTest(
        times: .real,
        isVirtual: false,
        makeStore: { settings in makeMemoryStore(settings, clock: ContinuousClock()) },
        passTime: { store, duration in
            let end = store.now + duration
            while store.now < end { try await store.clock.sleep(for: end - store.now) }
        },
        footprint: { store in (store as? MemoryStore).map { $0.census().total } ?? 0 },
        audit: { store in (store as? MemoryStore)?.audit() ?? [] }
    )

    static func makeMemoryStore(_ settings: Settings, clock: some Clock<Duration>) -> MemoryStore {
        MemoryStore(
            clock: clock,
            epoch: MemoryStore.testEpoch,
            leaseDuration: settings.leaseDuration,
            retention: settings.retention,
            payloadLimit: settings.payloadLimit,
            historyLimit: settings.historyLimit,
            inboxLimit: settings.inboxLimit,
            continuedRetention: settings.continuedRetention
        )
    }
}

extension Census {
    /// Everything that is kept, of any sort.
    var total: Int {
        instances + queueEntries + activitiesInFlight + dueEntries + heldTasks + inputs + workers + pastExecutions
            + unknownNames + waiters
    }
}
