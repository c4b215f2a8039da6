import AloftCore
import AloftRedis
import LocalRedis
import RedisClient
import StoreConformance
import Synchronization
import Testing

@Suite("RedisStore: conformance", .serialized)
struct ConformanceTests {
    @Test("on one partition", .timeLimit(.minutes(3)), named, arguments: Lot.of(StoreConformance.all))
    func conforms(_ lot: Lot) async throws {
        try await lot.run(partitions: 1)
    }

    /// Instances that have to do with each other are in different partitions then, mostly.
    @Test("on four partitions", .timeLimit(.minutes(3)), named, arguments: Lot.of(spread))
    func conformsWhenSpread(_ lot: Lot) async throws {
        try await lot.run(partitions: 4)
    }
}

private let named: some TestTrait = .compactMapIssues(SideBySide.naming)

/// The checks that do not count on an order between instances: between partitions there is none.
private let spread: [StoreConformance.Check] = {
    let ordered: Set<String> = [
        "tasks of a queue are handed out in the order in which they came",
        "timers of several instances due together reach each of them",
        "after the retention of a family nothing of it is left",
        "instances are listed newest first, with their states",
        // Each partition keeps its own time.
        "the time counts for the name, not for the task",
        "what finished last is told first, by status",
    ]
    return StoreConformance.all.filter { !ordered.contains($0.name) }
}()

/// Checks that share a server, each under a prefix of its own.
struct Lot: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let checks: [StoreConformance.Check]
    /// How many run at the same time.
    let width: Int

    /// Those that wait for a lease or a retention to pass by themselves: they mind it if others take their time.
    static func of(_ checks: [StoreConformance.Check]) -> [Lot] {
        [
            Lot(testDescription: "without waiting", checks: checks.filter { !$0.isTimed }, width: 8),
            Lot(testDescription: "with leases and retentions that pass", checks: checks.filter(\.isTimed), width: 24),
        ]
    }

    func run(partitions: Int) async throws {
        #expect(!checks.isEmpty)
        let server = try LocalRedis()
        defer { server.stop() }
        let client = RedisClient(try RedisConfiguration(url: server.url), logger: quiet)
        let stores = StoresOnOneServer(url: server.storeURL, client: client, partitions: partitions)
        await SideBySide.run(checks, width: width, on: .redis(stores))
        await client.shutdown()
    }
}

/// The stores of a lot, by prefix, and a client that looks behind their backs.
final class StoresOnOneServer: Sendable {
    let url: String
    let client: RedisClient
    let partitions: Int
    private let lastNumber = Atomic(0)

    init(url: String, client: RedisClient, partitions: Int) {
        self.url = url
        self.client = client
        self.partitions = partitions
    }

    func make(_ settings: StoreUnderTest.Settings) async throws -> RedisStore {
        var configuration = try RedisStore.Configuration(url: url)
        configuration.prefix = "check-\(lastNumber.add(1, ordering: .relaxed).newValue)"
        configuration.pollDuration = .milliseconds(50)
        configuration.leaseDuration = settings.leaseDuration
        configuration.retention = settings.retention
        configuration.continuedRetention = settings.continuedRetention
        configuration.partitions = partitions
        configuration.maximumPayloadBytes = settings.payloadLimit
        configuration.maximumHistoryLength = settings.historyLimit
        configuration.maximumInboxLength = settings.inboxLimit
        return try await RedisStore(configuration, logger: quiet)
    }

    /// Unlike DBSIZE this does not count what has expired and is not deleted yet.
    func keyCount(of store: any WorkflowStore) async throws -> Int {
        try await client.send(RedisCommand("KEYS", "{\(prefix(of: store)):*")).array.count
    }

    /// Whoever committed has delivered; this is for answers that are under way.
    func waitForOutboxes(of store: any WorkflowStore) async throws {
        for partition in 0..<partitions {
            let outbox = RedisArgument("{\(prefix(of: store)):\(partition)}:outbox")
            try await eventually("the outboxes are empty") {
                try await client.send(RedisCommand("XLEN", outbox)).int == 0
            }
        }
    }

    private func prefix(of store: any WorkflowStore) -> String {
        (store as? RedisStore)?.configuration.prefix ?? "nobody"
    }
}

extension StoreUnderTest {
    static func redis(_ stores: StoresOnOneServer) -> StoreUnderTest {
        var subject = StoreUnderTest(
            times: Times(step: .milliseconds(20), lease: .milliseconds(500), retention: .milliseconds(800)),
            isVirtual: false,
            makeStore: { try await stores.make($0) },
            passTime: { store, duration in
                let end = store.now + duration
                while store.now < end { try await store.clock.sleep(for: end - store.now) }
            },
            footprint: { try await stores.keyCount(of: $0) },
            audit: { try await $0.complaints() },
            close: { await ($0 as? RedisStore)?.shutdown() }
        )
        if stores.partitions > 1 { subject.settle = { try await stores.waitForOutboxes(of: $0) } }
        return subject
    }
}
