import Foundation
import RedisClient

/// What the Redis server has used so far, read from `INFO`.
struct ServerUsage {
    var cpuMicroseconds: Double
    /// Commands that only clients send: what scripts call inside themselves is not among them.
    var clientCommands: Double
    var usedMemory: Double

    /// Commands that no script of ours calls.
    private static let clientOnly: Set<String> = [
        "evalsha", "eval", "evalsha_ro", "fcall", "xreadgroup", "subscribe", "unsubscribe", "script|load", "ping",
    ]

    static func read(from client: RedisClient) async throws -> ServerUsage {
        var cpu = 0.0
        var commands = 0.0
        var memory = 0.0
        for section in ["cpu", "commandstats", "memory"] {
            let text = try await client.send(RedisCommand("INFO", RedisArgument(section))).string
            for line in text.split(whereSeparator: \.isNewline) {
                let pair = line.split(separator: ":", maxSplits: 1)
                guard pair.count == 2 else { continue }
                switch pair[0] {
                case "used_cpu_user", "used_cpu_sys": cpu += (Double(pair[1]) ?? 0) * 1_000_000
                case "used_memory": memory = Double(pair[1]) ?? 0
                case let name where name.hasPrefix("cmdstat_"):
                    guard clientOnly.contains(String(name.dropFirst(8))) else { continue }
                    let calls = pair[1].split(separator: ",").first { $0.hasPrefix("calls=") }
                    commands += calls.flatMap { Double($0.dropFirst(6)) } ?? 0
                default: continue
                }
            }
        }
        return ServerUsage(cpuMicroseconds: cpu, clientCommands: commands, usedMemory: memory)
    }
}

/// The processor time that this process and its ended children have used, in microseconds.
enum ProcessUsage {
    static func cpuMicroseconds() -> Double {
        func microseconds(_ time: timeval) -> Double { Double(time.tv_sec) * 1_000_000 + Double(time.tv_usec) }
        #if canImport(Darwin)
        func who(_ value: Int32) -> Int32 { value }
        #else
        func who(_ value: __rusage_who) -> __rusage_who_t { __rusage_who_t(value.rawValue) }
        #endif
        var own = rusage()
        var children = rusage()
        getrusage(who(RUSAGE_SELF), &own)
        getrusage(who(RUSAGE_CHILDREN), &children)
        return [own, children].reduce(0) { sum, usage in
            sum + microseconds(usage.ru_utime) + microseconds(usage.ru_stime)
        }
    }
}
