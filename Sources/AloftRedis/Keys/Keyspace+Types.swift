extension Keyspace {
    /// The type, in Redis' words, that a key of ours has; `nil` if it is not one of ours.
    func type(of key: String) -> String? {
        guard key.utf8.starts(with: base.utf8) else { return nil }
        let name = String(decoding: key.utf8.dropFirst(base.utf8.count), as: UTF8.self)
        let kind = String(decoding: name.utf8.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self)
        switch kind {
        case "namespace", "received", "unknown", "i", "a", "reg": return "hash"
        case "workers", "due", "instances", "expiring", "d", "ex": return "zset"
        case "outbox", "q", "w", "f": return "stream"
        case "queues", "res", "try", "quarantined": return "set"
        case "h", "in": return "list"
        case "audit": return "string"
        default: return nil
        }
    }

    /// The keys that belong to no instance, queue or worker.
    var common: [String] {
        ["namespace", "workers", "due", "instances", "outbox", "received", "queues", "unknown", "audit", "quarantined"]
            .map {
                base + $0
            }
            + ["c", "f", "x", "t", "o"].map { base + "expiring:" + $0 }
    }

    /// The keys of the instance, or worker, that a key belongs to.
    func siblings(of key: String) -> [String] {
        guard key.utf8.starts(with: base.utf8) else { return [] }
        let words = key.utf8.dropFirst(base.utf8.count).split(separator: UInt8(ascii: ":"), maxSplits: 1)
        guard words.count == 2 else { return [] }
        let name = String(decoding: words[1], as: UTF8.self)
        switch String(decoding: words[0], as: UTF8.self) {
        case "i", "h", "in", "a", "d", "ex": return ["i:", "h:", "in:", "a:", "d:", "ex:"].map { base + $0 + name }
        case "w", "f", "reg", "res", "try": return ["w:", "f:", "reg:", "res:", "try:"].map { base + $0 + name }
        default: return []
        }
    }
}
