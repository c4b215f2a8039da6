import Foundation
import LocalRedis
import Logging
import RedisClient
import Testing

/// A sentinel that watches over one server and its replicas and decides alone, listed behind one that is down.
final class Sentinels: Sendable {
    static let master = "aloft"
    private let process: GuardedProcess
    private let port: Int
    private let deadPort: Int

    /// What stores are configured with.
    var url: String { "redis+sentinel://127.0.0.1:\(deadPort),127.0.0.1:\(port)/\(Self.master)" }

    /// Returns when the sentinel knows the replica.
    static func start(for server: LocalRedis) async throws -> Sentinels {
        let sentinels = try Sentinels(server)
        try await eventually("the sentinel knows the replica, and that it follows") {
            guard let replica = try? await sentinels.ask("REPLICAS").array.first?.array else { return false }
            let fields = try replica.map { try $0.string }
            return fields.firstIndex(of: "master-link-status").map { fields[$0 + 1] == "ok" } ?? false
        }
        return sentinels
    }

    private init(_ server: LocalRedis) throws {
        let master = try #require(server.port)
        let folder = server.folder + "/sentinel"
        port = try LocalRedis.freePort()
        deadPort = try LocalRedis.freePort()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let settings = """
            port \(port)
            bind 127.0.0.1
            dir \(folder)
            sentinel monitor \(Self.master) 127.0.0.1 \(master) 1
            sentinel down-after-milliseconds \(Self.master) 300
            sentinel failover-timeout \(Self.master) 2000
            """
        try settings.write(toFile: "\(folder)/conf", atomically: true, encoding: .utf8)
        process = try GuardedProcess(
            ["redis-server", "\(folder)/conf", "--sentinel"],
            log: "\(folder)/log",
            folder: folder
        )
    }

    /// Where the sentinel says the master is.
    func masterPort() async throws -> Int? { try await ask("GET-MASTER-ADDR-BY-NAME").array[1].int }

    /// A failover that somebody wants: the master is well.
    func failOver() async throws { _ = try await ask("FAILOVER") }

    func stop() { process.end("KILL") }

    private func ask(_ question: RedisArgument) async throws -> RedisValue {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let client = RedisClient(try RedisConfiguration(url: "redis://127.0.0.1:\(port)"), logger: logger)
        do {
            let reply = try await client.send(RedisCommand("SENTINEL", question, RedisArgument(Self.master)))
            await client.shutdown()
            return reply
        } catch {
            await client.shutdown()
            throw error
        }
    }
}
