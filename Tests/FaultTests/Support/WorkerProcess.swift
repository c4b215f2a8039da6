import Aloft
import AloftRedis
import Foundation
import LocalRedis
import Logging
import RedisClient
import Testing

/// A worker as a process of its own, which can be killed, paused and told to stop.
struct WorkerProcess: Sendable {
    private let process: GuardedProcess
    let folder: String
    /// Of the supervisor, if there is one.
    var pid: Int { Int(process.pid) }

    /// Built beside the tests.
    private static var program: String? {
        #if os(macOS)
        let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }
        let folder = bundle?.bundleURL.deletingLastPathComponent()
        #else
        let folder = Bundle.main.executableURL?.deletingLastPathComponent()
        #endif
        return folder?.appendingPathComponent("fault-worker").path
    }

    /// Returns when it takes tasks.
    ///
    /// - Parameters:
    ///   - isSupervised: Whether it runs under a supervisor, whose process this is then.
    ///   - isMended: Whether it does not trap where the others do.
    static func start(
        on server: LocalRedis,
        lease: Duration,
        grace: Duration = .seconds(10),
        isSupervised: Bool = false,
        isMended: Bool = false
    ) async throws -> WorkerProcess {
        let program = try #require(program)
        let folder = server.folder + "/worker-" + ExecutionID.random().rawValue
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        if isMended { _ = FileManager.default.createFile(atPath: "\(folder)/mended", contents: nil) }
        var words = [program, server.storeURL, "\(lease.wholeMilliseconds)", "\(grace.wholeMilliseconds)", folder]
        if isSupervised { words.insert("--supervise", at: 1) }
        let worker = WorkerProcess(
            process: try GuardedProcess(words, log: "\(folder)/log", folder: folder),
            folder: folder
        )
        try await eventually("the worker is ready") { !worker.lives.isEmpty }
        return worker
    }

    /// The processes that took tasks, one after the other if there is a supervisor.
    var lives: Set<Int> {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return Set(names.filter { $0.hasPrefix("ready.") }.compactMap { Int($0.dropFirst(6)) })
    }

    func hasNoted(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(folder)/\(name)") }

    /// What it noted under a name.
    func note(_ name: String) -> String? { try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8) }

    /// Lets its activities end.
    func release() { _ = FileManager.default.createFile(atPath: "\(folder)/release", contents: nil) }

    /// Lets the next start crash before it has reached the store.
    func stumble() { _ = FileManager.default.createFile(atPath: "\(folder)/stumble", contents: nil) }

    /// `kill -9` to the process that is supervised.
    func kill(_ child: Int) { _ = systemKill(Int32(child), SIGKILL) }

    var log: String { note("log") ?? "" }

    /// Sends SIGTERM and does not wait.
    func askToStop() { _ = systemKill(process.pid, SIGTERM) }

    func freeze() { process.freeze() }
    func thaw() { process.thaw() }

    /// `kill -9`.
    func kill() { process.end("KILL") }

    /// Sends SIGTERM and waits until it is gone.
    func terminate() { process.end("TERM") }
}

private func systemKill(_ pid: Int32, _ signal: Int32) -> Int32 { kill(pid, signal) }

/// A server with what is needed to look at workers that are processes.
struct ProcessScene: Sendable {
    static let work = WorkflowReference<RunInput, Int>("Run")

    static let careful = WorkflowReference<Void, Caught>("Careful")
    static let faulty = WorkflowReference<Int, Int>("Faulty")
    static let naps = WorkflowReference<Int, Int>("Naps")

    struct Caught: Codable, Sendable {
        var message: String
        var backtrace: String?
    }

    struct RunInput: Codable, Sendable {
        var activity: String
        var times = 1
    }

    let server: LocalRedis
    let store: RedisStore
    let client: WorkflowClient
    let admin: RedisClient

    func start(_ activity: String, times: Int = 1, id: InstanceID) async throws -> InstanceHandle<Int> {
        try await client.start(Self.work, RunInput(activity: activity, times: times), id: id)
    }

    /// When each worker was last heard of, by the clock of Redis.
    func beats() async throws -> [Int] {
        let reply = try await admin.send(RedisCommand("ZRANGE", "{aloft:0}:workers", 0, -1, "WITHSCORES")).array
        return try stride(from: 1, to: reply.count, by: 2).map { try reply[$0].int }
    }
}

func withProcessScene(lease: Duration, _ body: (ProcessScene) async throws -> Void) async throws {
    let server = try LocalRedis()
    defer { server.stop() }
    var configuration = try RedisStore.Configuration(url: server.storeURL)
    configuration.leaseDuration = lease
    let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let store = try await RedisStore(configuration, logger: quiet)
    let admin = RedisClient(try RedisConfiguration(url: server.url), logger: quiet)
    do {
        let client = WorkflowClient(store: store)
        try await body(ProcessScene(server: server, store: store, client: client, admin: admin))
        try await expectSound(client)
    } catch {
        Issue.record(error)
    }
    await store.shutdown()
    await admin.shutdown()
}
