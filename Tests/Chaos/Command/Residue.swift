import ChaosKit
import Foundation
import RedisClient

/// What is left in Redis when everything is over.
///
/// The rule: when the retention of everything has passed, the only keys are those of the namespace, of the queues and of live
/// workers (``isPermanent(_:workers:)``); all streams are empty, with nothing pending and no consumer but live workers; and
/// the memory that data takes (`used_memory_dataset`) is at most ``tolerance`` above what it was before the first instance, with
/// the same number of workers idle. Not counted is what belongs to no data: buffers of connections and of the append-only
/// file, cached scripts, and the table of keys, which Redis shrinks when it likes.
enum Residue {
    static let tolerance = 1 << 20

    /// The memory that is used when all workers are there and nothing has been done.
    static func base(of scene: Scene) async throws -> Int {
        let start = ContinuousClock.now
        while try await liveWorkers(scene) < scene.workers.count {
            guard ContinuousClock.now - start < .seconds(30) else { throw ChaosError("the workers do not start") }
            try await Task.sleep(for: .milliseconds(50))
        }
        return try await memory(scene)
    }

    /// Waits for what is kept to go. Complaints about what stays.
    static func leftovers(in scene: Scene, base: Int) async throws -> [String] {
        // Usually all goes when the margin has passed. What began early and was held up for long is kept from its late end on.
        let end = ContinuousClock.now + scene.longestRetention + .seconds(10)
        while true {
            var complaints = try await keysAndStreams(scene)
            let memory = try await Self.memory(scene)
            if memory > base + tolerance {
                complaints.append("residue: \(memory) bytes of memory are used, before \(base)")
            }
            guard !complaints.isEmpty, ContinuousClock.now < end else {
                Console.note("\(memory) bytes of memory at the end, \(base) before")
                return complaints
            }
            try await Task.sleep(for: .milliseconds(500))
        }
    }

    private static func keysAndStreams(_ scene: Scene) async throws -> [String] {
        var complaints: [String] = []
        let keys = try await allKeys(scene)
        for partition in 0..<scene.setting.partitions {
            let base = "{aloft:\(partition)}:"
            let workers = try await scene.admin.send(RedisCommand("ZRANGE", RedisArgument(base + "workers"), 0, -1))
                .array
            let names = Set(try workers.map { try $0.string })
            if names.count != scene.workers.count {
                complaints.append("residue: partition \(partition) has \(names.count) workers")
            }
            for key in keys where key.hasPrefix(base) {
                let name = String(key.dropFirst(base.count))
                if !isPermanent(name, workers: names) { complaints.append("residue: key \(key)") }
                if name.hasPrefix("q:") || name.hasPrefix("w:") || name == "outbox" {
                    complaints += await Self.look(atStream: key, names, scene)
                }
            }
        }
        return complaints + keys.filter { !$0.hasPrefix("{aloft:") }.map { "residue: key \($0)" }
    }

    /// Whether a key belongs to no instance.
    private static func isPermanent(_ name: String, workers: Set<String>) -> Bool {
        if ["namespace", "workers", "queues", "outbox", "received", "audit"].contains(name) { return true }
        if name.hasPrefix("q:w:") || name.hasPrefix("q:a:") { return true }
        let parts = name.split(separator: ":", maxSplits: 1)
        return parts.count == 2 && ["w", "f", "reg", "res", "try"].contains(parts[0])
            && workers.contains(String(parts[1]))
    }

    private static func look(atStream key: String, _ workers: Set<String>, _ scene: Scene) async -> [String] {
        do {
            return try await complaints(ofStream: key, workers, scene)
        } catch {
            // It may have gone since it was listed; then it is not there the next time.
            return ["residue: stream \(key) cannot be looked at: \(error)"]
        }
    }

    private static func complaints(
        ofStream key: String,
        _ workers: Set<String>,
        _ scene: Scene
    ) async throws -> [String] {
        var complaints: [String] = []
        let length = try await scene.admin.send(RedisCommand("XLEN", RedisArgument(key))).int
        if length > 0 { complaints.append("residue: stream \(key) has \(length) entries") }
        let groups = try await scene.admin.send(RedisCommand("XINFO", "GROUPS", RedisArgument(key))).array
        for group in groups {
            let fields = try group.array
            let name = try fields[1].string
            let command = RedisCommand("XINFO", "CONSUMERS", RedisArgument(key), RedisArgument(name))
            for consumer in try await scene.admin.send(command).array {
                let fields = try consumer.array
                let (name, pending) = (try fields[1].string, try fields[3].int)
                if !workers.contains(name) { complaints.append("residue: consumer \(name) of stream \(key)") }
                if pending > 0 { complaints.append("residue: \(pending) entries of stream \(key) are pending") }
            }
        }
        return complaints
    }

    private static func allKeys(_ scene: Scene) async throws -> Set<String> {
        var keys: Set<String> = []
        var cursor = "0"
        repeat {
            let reply = try await scene.admin.send(RedisCommand("SCAN", RedisArgument(cursor), "COUNT", 1_000)).array
            cursor = try reply[0].string
            keys.formUnion(try reply[1].array.map { try $0.string })
        } while cursor != "0"
        return keys
    }

    private static func liveWorkers(_ scene: Scene) async throws -> Int {
        try await scene.admin.send(RedisCommand("ZCARD", "{aloft:0}:workers")).int
    }

    private static func memory(_ scene: Scene) async throws -> Int {
        // Each entry of the slow log has the words of its command, up to 4 KiB.
        _ = try await scene.admin.send(RedisCommand("SLOWLOG", "RESET"))
        let text = try await scene.admin.send(RedisCommand("INFO", "memory")).string
        func figure(_ name: String) -> Int? {
            let line = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix(name + ":") }
            return line.flatMap { Int($0.dropFirst(name.count + 1)) }
        }
        guard let data = figure("used_memory_dataset") else {
            throw ChaosError("Redis does not say how much memory its data take")
        }
        return data
    }
}

/// Why a run could not be made.
struct ChaosError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
