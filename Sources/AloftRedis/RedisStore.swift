public import AloftCore
import CoreMetrics
public import Logging
import RedisClient
public import ServiceLifecycle
import Synchronization

/// Keeps instances in Redis 7 or newer, or in a server that speaks its protocol.
///
/// One value serves any number of clients and workers of a process. Each worker has two more connections, for the reads
/// that wait for tasks, and one for its heartbeat on a thread of its own; the first worker, or client that waits for a result, opens
/// one for notifications, and a ``Durability`` that has to be waited for takes one.
public final class RedisStore: WorkflowStore, Service {
    public let configuration: Configuration

    let redis: RedisClient
    /// For calls that count only when they are safe; `nil` if Redis' answer is enough.
    let writer: DurableWriter?
    let logger: Logger
    /// `nil` if nothing is measured.
    let metrics: RedisMetrics?
    let partitions: PartitionMap
    let time = StoreClock()
    /// Names this store where others notify it.
    let id = RandomName.make(characters: 12)
    let pollers = Mutex<[WorkerID: WorkerPollers]>([:])
    let presentWorkers = PresentWorkers()
    let completions = CompletionWaiters()
    let acknowledged = AcknowledgedWrites()
    /// From when on others may be taken for dead; `nil`: at once.
    let judgement = Mutex<ContinuousClock.Instant?>(nil)
    let announcements: CompletionAnnouncements
    package let courier: Courier

    /// Connects and checks that the server and the data there are suitable: version, role, eviction, persistence and
    /// replicas against ``Configuration/durability``, memory and clock. ``Configuration/accepts`` tells what may be.
    ///
    /// - Parameters:
    ///   - retention: Instead of ``Configuration/retention``.
    ///   - logger: Told about what operators should know.
    /// - Throws: `StoreError`: `misconfigured` if settings, version, access rights or the number of partitions do not
    ///   fit, `formatTooNew`, `unavailable` if the server cannot be reached.
    public init(
        _ configuration: Configuration,
        retention: Duration? = nil,
        logger: Logger = Logger(label: "aloft.redis")
    ) async throws(StoreError) {
        var settings = configuration
        if let retention { settings.retention = retention }
        try settings.validate()
        if settings.redis.clientName == nil { settings.redis.clientName = "aloft" }
        metrics = RedisMetrics(settings.metrics ?? MetricsSystem.factory)
        if settings.redis.observer == nil { settings.redis.observer = metrics }
        let terms = try await Self.negotiate(settings, logger)
        self.configuration = settings
        var connection = settings.redis
        connection.checks = terms.checks
        self.logger = logger
        let partitions = PartitionMap(prefix: settings.prefix, count: settings.partitions)
        self.partitions = partitions
        self.redis = RedisClient(connection, logger: logger)
        self.writer = terms.barrier.map { Self.makeWriter(settings, $0, partitions, logger) }
        self.courier = Courier(redis, writer, partitions, settings, logger)
        self.announcements = CompletionAnnouncements(
            subscriber: redis.subscriber(),
            channels: partitions.keyspaces.map { [id] in $0.completions(ofStore: id) },
            waiters: completions,
            interval: max(.milliseconds(10), settings.redis.keepAliveInterval)
        )
        do {
            try await checkNamespace()
        } catch {
            await redis.shutdown()
            throw error
        }
        if let milliseconds = terms.time { time.observe(milliseconds) }
    }

    private static func makeWriter(
        _ configuration: Configuration,
        _ barrier: Barrier,
        _ partitions: PartitionMap,
        _ logger: Logger
    ) -> DurableWriter {
        var settings = configuration.redis
        settings.clientName = (settings.clientName ?? "aloft") + "-durable"
        return DurableWriter(
            RedisClient(settings, logger: logger),
            barrier,
            patience: configuration.durabilityTimeout,
            mark: RedisCommand("PUBLISH", partitions.keyspaces[0].mark, "")
        )
    }

    public var leaseDuration: Duration { configuration.leaseDuration }

    public var now: Timestamp { time.now }

    public var clock: any Clock<Duration> & Sendable { ContinuousClock() }

    /// Closes all connections. Calls under way and later ones throw `shutdown`; tasks that are held
    /// stay so until their worker is missed, unless it has left before.
    public func shutdown() async {
        completions.shutdown()
        await announcements.shutdown()
        pollers.withLock { $0.removeAll() }
        await writer?.shutdown()
        await redis.shutdown()
    }

    /// Keeps the connections open until the service group shuts down or the task is cancelled, and until the workers that use them
    /// have handed back what they hold, for which they have five seconds; then closes them.
    ///
    /// List the store before the workers that use it: services are shut down in reverse order.
    public func run() async throws {
        try? await gracefulShutdown()
        // Graceful shutdown comes to the store when its workers have ended; cancellation comes to all at once.
        await presentWorkers.waitUntilNone(for: .seconds(5))
        await shutdown()
    }
}
