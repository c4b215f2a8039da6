import Aloft
import AloftRedis
import Foundation
import LocalRedis
import Logging
import RedisClient
import Synchronization
import Testing

/// deploy/redis/redis.conf: a server starts with it, has those settings, and is one that a store has nothing to say about.
@Suite(.timeLimit(.minutes(1)))
struct RedisSettingsTests {
    /// Name and value of each line.
    private static func settings() throws -> [(name: String, value: String)] {
        try Deploy.lines(Deploy.text("redis/redis.conf")).map { line in
            let words = line.split(separator: " ", maxSplits: 1)
            let value = words.count > 1 ? words[1].trimmingCharacters(in: .whitespaces) : ""
            return (String(words[0]), value == "\"\"" ? "" : value)
        }
    }

    private func withServer(_ body: (LocalRedis, RedisClient) async throws -> Void) async throws {
        let arguments = try Self.settings().flatMap { setting in
            ["--" + setting.name]
                + (setting.value.isEmpty ? [""] : setting.value.split(separator: " ").map(String.init))
        }
        try await withLocalRedis(LocalRedisOptions(persistence: .aofEverysec, extraArguments: arguments)) { server in
            let client = RedisClient(try RedisConfiguration(url: server.url), logger: quiet)
            do { try await body(server, client) } catch { Issue.record(error) }
            await client.shutdown()
        }
    }

    @Test("A server has the settings that stand in the file")
    func taken() async throws {
        try await withServer { _, client in
            for setting in try Self.settings() where setting.name != "client-output-buffer-limit" {
                let reply = try await client.send(RedisCommand("CONFIG", "GET", RedisArgument(setting.name))).array
                let value = try #require(reply.count == 2 ? try reply[1].string : nil, "\(setting.name)")
                #expect(Self.bytes(value) == Self.bytes(setting.value), "\(setting.name)")
            }
            let limits = try await client.send(RedisCommand("CONFIG", "GET", "client-output-buffer-limit")).array[1]
                .string
            #expect(limits.contains("normal 0 0 0"))
            #expect(limits.contains("pubsub 33554432 8388608 60"))
        }
    }

    /// "256mb" as Redis tells it.
    private static func bytes(_ value: String) -> String {
        for (unit, factor) in [("gb", 1 << 30), ("mb", 1 << 20), ("kb", 1 << 10)] where value.hasSuffix(unit) {
            if let number = Int(value.dropLast(2)) { return "\(number * factor)" }
        }
        return value
    }

    @Test("The store has nothing to complain about", arguments: [RedisStore.Durability.asRedisIs])
    func preflight(_ durability: RedisStore.Durability) async throws {
        try await withServer { server, _ in
            let log = Warnings()
            var configuration = try RedisStore.Configuration(url: server.url)
            configuration.durability = durability
            let store = try await RedisStore(configuration, logger: Logger(label: "test") { _ in log })
            await store.shutdown()
            #expect(log.lines.withLock { $0 } == [])
        }
    }

    @Test("Every setting has its reason: a comment stands before it, or before the group that it is in")
    func reasons() throws {
        var isExplained = false
        for line in try Deploy.text("redis/redis.conf").split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty {
                isExplained = false
            } else if line.hasPrefix("#") {
                isExplained = true
            } else {
                #expect(isExplained, "\(line)")
            }
        }
    }

    /// By default the second would be a hash table: the activity's record is longer than 64 bytes.
    @Test("The hashes of an instance and of what it has under way stay in their compact form")
    func compact() async throws {
        struct Idle: Workflow {
            func run(_ context: WorkflowContext, _ text: String) async throws -> String {
                let options = ActivityOptions(queue: "elsewhere")
                return try await context.activity(ActivityReference<String, String>("echo"), text, options: options)
            }
        }
        try await withServer { server, client in
            let store = try await RedisStore(RedisStore.Configuration(url: server.url), logger: quiet)
            let worker = Worker(store: store, logger: quiet) { Idle.self }
            let run = Task { try await worker.run() }
            let handle = try await WorkflowClient(store: store)
                .start(Idle.self, String(repeating: "x", count: 100), id: "order-42")
            try await eventually("it waits") { try await handle.state().historyLength == 2 }
            for key in ["{aloft:0}:i:order-42", "{aloft:0}:a:order-42"] {
                let encoding = try await client.send(RedisCommand("OBJECT", "ENCODING", RedisArgument(key))).string
                #expect(encoding == "listpack", "\(key)")
            }
            run.cancel()
            try await run.value
            await store.shutdown()
        }
    }
}

/// Keeps what is said at warning or above.
private final class Warnings: LogHandler, Sendable {
    let lines = Mutex<[String]>([])
    var logLevel: Logger.Level {
        get { .debug }
        set {}
    }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        guard event.level >= .warning || event.message.description.contains("refused") else { return }
        lines.withLock { $0.append("\(event.message)") }
    }
}
