import RedisClient
import Testing

/// A key at one of our names that another program has made.
struct ForeignKey: Sendable, CustomStringConvertible {
    /// What follows the prefix. The instance is "victim", its queue "default", the worker "w".
    let name: String
    /// The type that we keep there.
    let type: String
    var description: String { name }

    static let ofInstance = [
        ForeignKey(name: "i:victim", type: "hash"), ForeignKey(name: "h:victim", type: "list"),
        ForeignKey(name: "in:victim", type: "list"), ForeignKey(name: "a:victim", type: "hash"),
        ForeignKey(name: "d:victim", type: "zset"), ForeignKey(name: "ex:victim", type: "zset"),
    ]

    static let ofQueues = [
        ForeignKey(name: "q:w:default", type: "stream"), ForeignKey(name: "q:a:default", type: "stream"),
    ]

    static let ofWorker = [
        ForeignKey(name: "w:w", type: "stream"), ForeignKey(name: "f:w", type: "stream"),
        ForeignKey(name: "reg:w", type: "hash"), ForeignKey(name: "res:w", type: "set"),
        ForeignKey(name: "try:w", type: "set"),
    ]

    static let common = [
        ForeignKey(name: "workers", type: "zset"), ForeignKey(name: "due", type: "zset"),
        ForeignKey(name: "instances", type: "zset"), ForeignKey(name: "outbox", type: "stream"),
        ForeignKey(name: "received", type: "hash"), ForeignKey(name: "queues", type: "set"),
        ForeignKey(name: "unknown", type: "hash"), ForeignKey(name: "expiring:c", type: "zset"),
        ForeignKey(name: "expiring:t", type: "zset"), ForeignKey(name: "audit", type: "string"),
    ]

    static let all = ofInstance + ofQueues + ofWorker + common

    /// Puts it there, in the place of what is there.
    func plant(in fleet: HostileFleet) async throws {
        try await fleet.run("DEL", RedisArgument(fleet.key(name)))
        if type == "string" {
            try await fleet.run("RPUSH", RedisArgument(fleet.key(name)), "not", "ours")
        } else {
            try await fleet.run("SET", RedisArgument(fleet.key(name)), "not ours")
        }
    }

    func remove(from fleet: HostileFleet) async throws {
        try await fleet.run("DEL", RedisArgument(fleet.key(name)))
    }
}
