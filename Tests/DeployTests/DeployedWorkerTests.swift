import AloftClient
import AloftRedis
import Foundation
import LocalRedis
import SplitContract
import Testing

/// The program that deploy/ deploys, with the user that workers have, asked by the scripts that health checks and units use.
@Suite(.timeLimit(.minutes(2)))
struct DeployedWorkerTests {
    private static let probe = Deploy.folder.appending(path: "docker/probe.sh").path
    private static let awaitReady = Deploy.folder.appending(path: "systemd/await-ready.sh").path

    private func withWorker(_ redis: GuardedRedis, _ body: (Process, String) async throws -> Void) async throws {
        let port = "\(try LocalRedis.freePort())"
        let process = Process()
        process.executableURL = URL(filePath: try Deploy.program("shortener-worker"))
        let secret = try #require(
            GuardedRedis.User.worker.password.addingPercentEncoding(withAllowedCharacters: .alphanumerics)
        )
        process.environment = [
            "ALOFT_REDIS_URL": "redis://aloft-worker:\(secret)@127.0.0.1:\(redis.server.port ?? 0)",
            "ALOFT_ENDPOINT": "127.0.0.1:\(port)",
        ]
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
        try await body(process, port)
    }

    @Test("It becomes ready, works, answers the probes, and drains when it is told to stop")
    func life() async throws {
        try await withGuardedRedis { redis in
            try await withWorker(redis) { process, port in
                let ready = try run([Self.awaitReady, port, "30"])
                #expect(ready.status == 0, "\(ready.errors)")
                #expect(try run([Self.probe, port, "/health/live"]).status == 0)
                #expect(try run([Self.probe, port, "/health/ready"]).status == 0)
                let missing = try run([Self.probe, port, "/nothing"])
                #expect(missing.status == 1)

                let store = try await RedisStore(redis.configuration(.client), logger: quiet)
                let client = WorkflowClient(store: store)
                let handle = try await client.start(Contract.shorten, "as far as I know", queue: Contract.queue)
                #expect(try await handle.result() == "afaIk")
                await store.shutdown()

                process.terminate()
                process.waitUntilExit()
                #expect(process.terminationStatus == 0 && process.terminationReason == .exit)
                #expect(try run([Self.probe, port]).status == 1, "nobody answers any more")
            }
            let refusals = try await redis.refusals()
            #expect(refusals.isEmpty)
        }
    }

    @Test("While Redis stands still for longer than the lease, it is neither live nor ready, and the probe says why")
    func standstill() async throws {
        try await withGuardedRedis { redis in
            try await withWorker(redis) { _, port in
                #expect(try run([Self.awaitReady, port, "30"]).status == 0)
                redis.server.freeze()
                defer { redis.server.thaw() }
                try await eventually("it is not live") { try run([Self.probe, port, "/health/live"]).status == 1 }
                #expect(try run([Self.probe, port, "/health/live"]).errors.contains("no heartbeat"))
                let impatient = try run([Self.awaitReady, port, "1"])
                #expect(impatient.status == 1)
                #expect(impatient.errors.contains("not ready"))
                redis.server.thaw()
                let back = try run([Self.awaitReady, port, "30"])
                #expect(back.status == 0, "\(back.errors)")
            }
        }
    }
}
