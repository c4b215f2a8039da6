import AloftCore
import AloftRedis
import RedisClient

/// What contradicts the invariants of a partition, in words.
struct Audit {
    let redis: RedisClient
    let base: String
    private var complaints: [String] = []

    init(_ redis: RedisClient, base: String) {
        self.redis = redis
        self.base = base
    }

    static func complaints(
        _ redis: RedisClient,
        prefix: String = "aloft",
        partitions: Int = 1
    ) async throws -> [String] {
        var complaints: [String] = []
        for partition in 0..<partitions {
            var audit = Audit(redis, base: "{\(prefix):\(partition)}:")
            try await audit.run()
            complaints += audit.complaints
        }
        return complaints
    }

    private mutating func run() async throws {
        let keys = try await texts("KEYS", RedisArgument(base + "*"))
        let ids = keys.filter { $0.hasPrefix(base + "i:") }.map { String($0.dropFirst(base.count + 2)) }
        let workers = Set(try await texts("ZRANGE", RedisArgument(base + "workers"), 0, -1))
        let due = Set(try await texts("ZRANGE", RedisArgument(base + "due"), 0, -1))
        var entries: [String: Set<String>] = [:]
        for key in keys where key.hasPrefix(base + "q:") || key.hasPrefix(base + "w:") {
            entries[key] = try await entryIDs(key)
            try await auditPending(key, entries[key] ?? [])
        }
        var wantedEntries: [String: Set<String>] = [:]
        var wantedDue: Set<String> = []
        for id in ids {
            try await audit(id, workers, due, entries, &wantedEntries, &wantedDue)
        }
        for (stream, present) in entries {
            for entry in present.subtracting(wantedEntries[stream] ?? []) {
                complaints.append("entry \(entry) of \(stream) belongs to nobody")
            }
        }
        for member in due.subtracting(wantedDue) { complaints.append("due member \(member) belongs to nobody") }
        try await auditIndexes(keys, ids)
        for key in keys {
            for kind in ["h", "in", "a"] where key.hasPrefix(base + kind + ":") {
                let id = String(key.dropFirst(base.count + kind.count + 1))
                // Histories of earlier executions go by themselves.
                if kind == "h", id.contains("\0") {
                    let left = try await redis.send(RedisCommand("PTTL", RedisArgument(key))).int
                    if left == -1 { complaints.append("\(key) stays for ever") }
                    continue
                }
                if !ids.contains(id) { complaints.append("\(key) has no instance") }
            }
            if key.hasPrefix(base + "res:"), !workers.contains(String(key.dropFirst(base.count + 4))) {
                complaints.append("\(key) has no worker")
            }
        }
    }

    private mutating func audit(
        _ id: String,
        _ workers: Set<String>,
        _ due: Set<String>,
        _ entries: [String: Set<String>],
        _ wantedEntries: inout [String: Set<String>],
        _ wantedDue: inout Set<String>
    ) async throws {
        let fields = try await texts("HGETALL", RedisArgument(base + "i:" + id))
        var state: [String: String] = [:]
        for index in stride(from: 0, to: fields.count - 1, by: 2) { state[fields[index]] = fields[index + 1] }
        // It has expired since the keys were read.
        guard !state.isEmpty else { return }
        let execution = state["x"] ?? ""
        try await auditHistory(id, length: state["n"] ?? "")
        guard state["s"] == "r" else {
            for kind in ["i", "h"] {
                let left = try await redis.send(RedisCommand("PTTL", RedisArgument(base + kind + ":" + id))).int
                if left == -1 { complaints.append("\(kind):\(id) has finished and stays for ever") }
            }
            for kind in ["in", "a"] where try await exists(kind, id) {
                complaints.append("\(kind):\(id) outlived its instance")
            }
            return
        }
        let task = state["t"] ?? ""
        let isQuarantined = state["p"]?.contains(":1:") == true
        if let deadline = state["e"], !deadline.isEmpty { wantedDue.insert("e\0\(id)\0\(execution)") }
        if state["b"]?.isEmpty == false, state["t"] != "d" {
            complaints.append("\(id) waits for its start and has a task")
        }
        let hasInputs = try await exists("in", id)
        if hasInputs, task.isEmpty, !isQuarantined { complaints.append("\(id) has inputs and no task") }
        if task == "d" {
            wantedDue.insert("w\0\(id)\0\(execution)")
        } else if !task.isEmpty {
            let parts = task.dropFirst().split(separator: "|", maxSplits: 1)
            let stream = task.hasPrefix("w") ? base + "w:" + parts[1] : base + "q:w:" + (state["q"] ?? "")
            let entry = String(parts[0])
            wantedEntries[stream, default: []].insert(entry)
            if entries[stream]?.contains(entry) != true { complaints.append("the task \(task) of \(id) is gone") }
        }
        if let owner = state["o"], !owner.isEmpty {
            if !workers.contains(owner) { complaints.append("\(id) is resident on \(owner), which is dead") }
            if try await !isListed(id, owner) { complaints.append("\(id) is not listed under \(owner)") }
        }
        try await auditActivities(id, execution, workers, entries, &wantedEntries, &wantedDue)
        for member in wantedDue.subtracting(due) { complaints.append("\(member) is not due") }
    }

    private mutating func auditActivities(
        _ id: String,
        _ execution: String,
        _ workers: Set<String>,
        _ entries: [String: Set<String>],
        _ wantedEntries: inout [String: Set<String>],
        _ wantedDue: inout Set<String>
    ) async throws {
        let values = try await redis.send(RedisCommand("HGETALL", RedisArgument(base + "a:" + id))).array
        for index in stride(from: 0, to: values.count - 1, by: 2) {
            let command = try values[index].string
            guard !command.hasPrefix("t") else {
                wantedDue.insert("t\0\(id)\0\(execution)\0\(Self.padded(command.dropFirst()))")
                continue
            }
            // The failure of the attempt before, or a sub-workflow.
            guard !command.hasPrefix("f"), !command.hasPrefix("c") else { continue }
            let parts = try values[index + 1].bytes.split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
            let head = String(decoding: parts[0], as: UTF8.self).split(separator: ":", maxSplits: 3)
            let reference = String(decoding: parts[1], as: UTF8.self)
            switch head[2] {
            case "q":
                let stream = base + "q:a:" + head[3]
                wantedEntries[stream, default: []].insert(reference)
                if entries[stream]?.contains(reference) != true {
                    complaints.append("activity \(command) of \(id) is in no queue")
                }
            case "r": wantedDue.insert("r\0\(id)\0\(execution)\0\(Self.padded(command))")
            default:
                if !workers.contains(reference) { complaints.append("activity \(command) of \(id) is with the dead") }
                if try await !isListed(id, reference) { complaints.append("\(id) is not listed under \(reference)") }
            }
        }
    }

    /// Every instance is listed, and as finished if it is; every stream of tasks is known.
    private mutating func auditIndexes(_ keys: [String], _ ids: [String]) async throws {
        let listed = Set(try await texts("ZRANGE", RedisArgument(base + "instances"), 0, -1))
        for id in ids where !listed.contains(id) { complaints.append("\(id) is not listed") }
        let queues = Set(try await texts("SMEMBERS", RedisArgument(base + "queues")))
        for key in keys where key.hasPrefix(base + "q:") {
            let name = String(key.dropFirst(base.count + 2))
            if !queues.contains(name) { complaints.append("the queue \(name) is not known") }
        }
        if try await redis.send(RedisCommand("XLEN", RedisArgument(base + "outbox"))).int > 0 {
            complaints.append("messages are left in the outbox")
        }
    }

    private mutating func auditHistory(_ id: String, length: String) async throws {
        var count = 0
        for batch in try await redis.send(RedisCommand("LRANGE", RedisArgument(base + "h:" + id), 0, -1)).array {
            for event in try EventBatch.decode(try batch.bytes) {
                count += 1
                if event.number != count { complaints.append("\(id) has event \(event.number) as number \(count)") }
            }
        }
        if String(count) != length { complaints.append("\(id) has \(count) events and believes in \(length)") }
    }

    private mutating func auditPending(_ stream: String, _ present: Set<String>) async throws {
        let groups = try await redis.send(RedisCommand("XINFO", "GROUPS", RedisArgument(stream))).array
        // Nobody has served the queue yet.
        guard !groups.isEmpty else { return }
        let pending = try await redis.send(RedisCommand("XPENDING", RedisArgument(stream), "g", "-", "+", 1000)).array
        for item in pending {
            let entry = try item.array[0].string
            if !present.contains(entry) { complaints.append("entry \(entry) of \(stream) is pending and gone") }
        }
    }

    private static func padded(_ command: some StringProtocol) -> String {
        String(repeating: "0", count: max(0, 10 - command.count)) + command
    }

    private func entryIDs(_ stream: String) async throws -> Set<String> {
        let entries = try await redis.send(RedisCommand("XRANGE", RedisArgument(stream), "-", "+")).array
        return Set(try entries.map { try $0.array[0].string })
    }

    private func exists(_ kind: String, _ id: String) async throws -> Bool {
        try await redis.send(RedisCommand("EXISTS", RedisArgument(base + kind + ":" + id))).int == 1
    }

    private func isListed(_ id: String, _ worker: String) async throws -> Bool {
        try await redis.send(RedisCommand("SISMEMBER", RedisArgument(base + "res:" + worker), RedisArgument(id))).int
            == 1
    }

    private func texts(_ name: String, _ arguments: RedisArgument...) async throws -> [String] {
        try await redis.send(RedisCommand(arguments: [RedisArgument(name)] + arguments)).array.map { try $0.string }
    }
}
