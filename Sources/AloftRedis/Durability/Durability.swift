extension RedisStore {
    /// How sure it has to be that a write stays before the call that made it returns.
    ///
    /// It holds for what is acknowledged: starts, signals, cancels and terminations, the transitions of workers, the outcomes of
    /// activities, the results that clients are given, and whatever was written before any of these. Connecting checks whether
    /// the server can keep it.
    public struct Durability: Sendable, Hashable, CustomStringConvertible {
        enum Level: Sendable, Hashable {
            case asRedisIs
            case fsync
            case replicated(Int)
        }

        let level: Level

        /// A write counts when Redis has answered. What a crash of the server takes along is up to its settings.
        public static let asRedisIs = Durability(level: .asRedisIs)

        /// A write counts when it is on the disk of the server: with `appendfsync always`, or, from Redis 7.2 on, by `WAITAOF`.
        public static let fsync = Durability(level: .fsync)

        /// A write counts when that many replicas have it, too, in memory: by `WAIT`, which all calls under way share.
        ///
        /// This is no consensus. A failover keeps an acknowledged write if the replica that is promoted was among those that
        /// had it: always if there are no more replicas than that, otherwise as a rule.
        ///
        /// - Parameter replicas: At least 1.
        public static func replicated(_ replicas: Int) -> Durability { Durability(level: .replicated(replicas)) }

        public var description: String {
            switch level {
            case .asRedisIs: "as Redis is"
            case .fsync: "fsync"
            case .replicated(let count): "replicated(\(count))"
            }
        }
    }

    /// What is known to be unsafe or doubtful about a server, and wanted all the same.
    public struct Risks: OptionSet, Sendable, Hashable {
        public let rawValue: Int

        public init(rawValue: Int) {
            self.rawValue = rawValue
        }

        /// The server may delete keys when its memory is full, and with them instances.
        public static let eviction = Risks(rawValue: 1 << 0)
        /// The server keeps nothing on disk, or snapshots only: a restart loses all, or what is newer than the last one.
        public static let weakPersistence = Risks(rawValue: 1 << 1)
        /// There are fewer replicas now than ``RedisStore/Durability`` asks for. Calls wait for them, and do not succeed before.
        public static let missingReplicas = Risks(rawValue: 1 << 2)
        /// The server does not let us see whether it keeps the ``RedisStore/Durability`` asked for.
        public static let unverifiedDurability = Risks(rawValue: 1 << 3)
        /// There is little memory left.
        public static let littleMemory = Risks(rawValue: 1 << 4)
        /// The clock of the server is far from the one here. Nothing depends on it but what people read.
        public static let clockDifference = Risks(rawValue: 1 << 5)
    }
}
