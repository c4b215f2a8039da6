import AloftCore
import AloftRedis
import LocalRedis
import RedisClient
import StoreConformance
import Synchronization
import Testing

@Suite("RedisStore: conformance", .serialized)
struct ConformanceTests {
    @Test("on a private server", .timeLimit(.minutes(1)), arguments: StoreConformance.all)
    func conforms(_ check: StoreConformance.Check) async throws {
        try await check.run(on: .redis(partitions: 1))
    }

    /// Instances that have to do with each other are in different partitions then, mostly.
    @Test("on four partitions", .timeLimit(.minutes(1)), arguments: spread)
    func conformsWhenSpread(_ check: StoreConformance.Check) async throws {
        try await check.run(on: .redis(partitions: 4))
    }
}

/// The checks that do not count on an order between instances: between partitions there is none.
private let spread: [StoreConformance.Check] = {
    let ordered: Set<String> = [
        "tasks of a queue are handed out in the order in which they came",
        "timers of several instances due together reach each of them",
        "a sub-workflow that is started by its parent's last transition goes by its policy",
        "after the retention of a family nothing of it is left",
        "instances are listed newest first, with their states",
        // Each partition keeps its own time.
        "the time counts for the name, not for the task",
    ]
    return StoreConformance.all.filter { !ordered.contains($0.name) }
}()

/// The servers of the stores that the suite made.
private let servers = Mutex<[ObjectIdentifier: (LocalRedis, RedisClient)]>([:])

private func server(of store: any WorkflowStore) -> (LocalRedis, RedisClient)? {
    (store as? RedisStore).flatMap { store in servers.withLock { $0[ObjectIdentifier(store)] } }
}

/// Whoever committed has delivered; this is for answers that are under way.
private func waitForOutboxes(of store: any WorkflowStore, _ partitions: Int) async throws {
    guard let client = server(of: store)?.1 else { return }
    for partition in 0..<partitions {
        try await eventually("the outboxes are empty") {
            let waiting = try await client.send(RedisCommand("XLEN", "{aloft:\(partition)}:outbox")).int
            return waiting == 0
        }
    }
}

extension StoreUnderTest {
    static func redis(partitions: Int) -> StoreUnderTest {
        var subject = StoreUnderTest(
            times: Times(step: .milliseconds(20), lease: .milliseconds(400), retention: .milliseconds(300)),
            isVirtual: false,
            makeStore: { settings in
                let server = try LocalRedis()
                var configuration = try RedisStore.Configuration(url: server.url)
                configuration.pollDuration = .milliseconds(50)
                configuration.leaseDuration = settings.leaseDuration
                configuration.retention = settings.retention
                configuration.continuedRetention = settings.continuedRetention
                configuration.partitions = partitions
                configuration.maximumPayloadBytes = settings.payloadLimit
                configuration.maximumHistoryLength = settings.historyLimit
                configuration.maximumInboxLength = settings.inboxLimit
                let store = try await RedisStore(configuration, logger: quiet)
                let client = RedisClient(configuration.redis, logger: quiet)
                servers.withLock { $0[ObjectIdentifier(store)] = (server, client) }
                return store
            },
            passTime: { store, duration in
                let end = store.now + duration
                while store.now < end { try await store.clock.sleep(for: end - store.now) }
            },
            footprint: { store in
                guard let client = server(of: store)?.1 else { return 0 }
                // Unlike DBSIZE this does not count what has expired and is not deleted yet.
                return try await client.send(RedisCommand("KEYS", "*")).array.count
            },
            audit: { store in
                guard let client = server(of: store)?.1 else { return ["the store is unknown"] }
                return try await Audit.complaints(client, partitions: partitions)
            },
            close: { store in
                guard let store = store as? RedisStore,
                    let (server, client) = servers.withLock({ $0.removeValue(forKey: ObjectIdentifier(store)) })
                else { return }
                await store.shutdown()
                await client.shutdown()
                server.stop()
            }
        )
        if partitions > 1 {
            subject.settle = { store in try await waitForOutboxes(of: store, partitions) }
        }
        return subject
    }
}
