public import AloftCore
public import CoreMetrics
public import RedisClient

extension RedisStore {
    /// Where a store keeps its data, and the limits it sets.
    public struct Configuration: Sendable {
        /// The server, and how it is spoken to.
        public var redis: RedisConfiguration

        /// What every key begins with, so that several fleets can share a server. No braces, spaces or control
        /// characters. Default: "aloft".
        public var prefix: String

        /// Into how many hash slots instances are spread. Fixed when the first store of this prefix connects; another
        /// number is refused from then on. Default: 1.
        ///
        /// What instances of one partition do to each other is part of the transition that does it. What they do to those
        /// of another arrives a moment later, once and in order; until then a sub-workflow, say, is not there yet. Each
        /// partition has its own order of tasks, and its own time for types that no worker knows.
        public var partitions: Int

        /// How long a finished instance is kept, unless its start said otherwise. Default: 48 h.
        ///
        /// An instance whose end somebody waits for is kept for 10 s at least, so that its result can be read. A start
        /// is recognised as a repetition only while its instance is there.
        public var retention: Duration

        /// How long the history of an execution is kept that has continued as new. Default: 0, it is dropped.
        public var continuedRetention: Duration

        /// How long a worker may be silent before the others take its work over. The same for a whole fleet.
        /// Default: 10 s.
        public var leaseDuration: Duration

        /// The size of the largest payload, in bytes. Default: 1 MiB.
        public var maximumPayloadBytes: Int

        /// The number of events that a history may have. Default: 50,000. The end of an instance is always recorded.
        public var maximumHistoryLength: Int

        /// How many inputs may wait for an instance; a sender beyond that is refused until it has taken some. Outcomes of
        /// activities and timers are always accepted. Default: 10,000.
        public var maximumInboxLength: Int

        /// For how long calls that may be repeated are repeated while Redis cannot be reached. Default: 10 s.
        public var retryDuration: Duration

        /// How long a worker's call for tasks waits for some. Default: 2 s.
        public var pollDuration: Duration

        /// When a write counts. Default: ``RedisStore/Durability/asRedisIs``.
        public var durability: Durability

        /// How long a flush waits for its replicas or for the disk. A call that was carried out and is not safe by then is
        /// repeated within ``retryDuration`` if that does no harm, and then fails with `outcomeUnknown`: workers go on with
        /// it, clients may. Default: 5 s.
        public var durabilityTimeout: Duration

        /// What connecting is not to complain about. A server that is refused otherwise is taken, with a warning; a warning
        /// becomes a line for debugging. Default: nothing.
        public var accepts: Risks

        /// Told of round trips, errors and reconnects. Default: `nil`, what `MetricsSystem` was bootstrapped with when the store is
        /// made.
        public var metrics: (any MetricsFactory)?

        /// Whether ``accepts`` contains ``RedisStore/Risks/eviction``.
        public var acceptsEviction: Bool {
            get { accepts.contains(.eviction) }
            set { if newValue { accepts.insert(.eviction) } else { accepts.remove(.eviction) } }
        }

        public init(redis: RedisConfiguration) {
            self.redis = redis
            self.prefix = "aloft"
            self.partitions = 1
            self.retention = .seconds(48 * 3600)
            self.continuedRetention = .zero
            self.leaseDuration = .seconds(10)
            self.maximumPayloadBytes = 1 << 20
            self.maximumHistoryLength = 50_000
            self.maximumInboxLength = 10_000
            self.retryDuration = .seconds(10)
            self.pollDuration = .seconds(2)
            self.durability = .asRedisIs
            self.durabilityTimeout = .seconds(5)
            self.accepts = []
        }

        /// - Parameter url: As `RedisConfiguration/init(url:)` takes it: `redis://user:password@host:6379/0`, `rediss`
        ///   for TLS, or `unix:///path/of/socket`.
        /// - Throws: `StoreError` with code `misconfigured`, which never repeats the URL.
        public init(url: String) throws(StoreError) {
            do {
                self.init(redis: try RedisConfiguration(url: url))
            } catch {
                let reason = (error as? RedisError)?.message ?? "\(error)"
                throw StoreError(.misconfigured, "the URL of Redis cannot be used: \(reason)", underlying: error)
            }
        }
    }
}

extension RedisStore.Configuration {
    /// - Throws: `StoreError` with code `misconfigured`.
    func validate() throws(StoreError) {
        func require(_ condition: Bool, _ message: String) throws(StoreError) {
            guard condition else { throw StoreError(.misconfigured, message) }
        }
        let isPlain = prefix.unicodeScalars.allSatisfy {
            !IdentifierRules.isControl($0) && !" {}".unicodeScalars.contains($0)
        }
        try require(
            isPlain && (1...64).contains(prefix.utf8.count),
            "the prefix must have 1 to 64 bytes and neither braces, spaces nor control characters"
        )
        try require((1...1024).contains(partitions), "partitions is \(partitions); it must be from 1 to 1024")
        try require(
            leaseDuration >= .milliseconds(100),
            "leaseDuration is \(leaseDuration); it must be at least 100 ms"
        )
        try require(retention >= .zero, "retention is \(retention); it must not be negative")
        try require(
            continuedRetention >= .zero,
            "continuedRetention is \(continuedRetention); it must not be negative"
        )
        try require(maximumPayloadBytes > 0, "maximumPayloadBytes is \(maximumPayloadBytes); it must be positive")
        try require(maximumInboxLength > 0, "maximumInboxLength is \(maximumInboxLength); it must be positive")
        if case .replicated(let count) = durability.level {
            try require(count > 0, "durability is \(durability); replicated needs one replica or more")
        }
        try require(
            durabilityTimeout >= .milliseconds(1),
            "durabilityTimeout is \(durabilityTimeout); it must be at least 1 ms"
        )
        try require(maximumHistoryLength > 0, "maximumHistoryLength is \(maximumHistoryLength); it must be positive")
    }
}
