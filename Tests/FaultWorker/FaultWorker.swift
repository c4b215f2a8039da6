import Aloft
import AloftRedis
import AloftSupervisor
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

// A worker as a process of its own, for tests that kill and pause it. What happens is told by files in a folder.

/// Runs `activity` as often as told, one after the other.
struct Run: Workflow {
    struct Input: Codable, Sendable {
        var activity: String
        var times = 1
    }

    func run(_ context: WorkflowContext, _ input: Input) async throws -> Int {
        var pid = 0
        for _ in 0..<input.times { pid = try await context.activity(ActivityReference<Void, Int>(input.activity), ()) }
        return pid
    }
}

/// Catches what becomes of an activity that kills its workers.
struct Careful: Workflow {
    struct Caught: Codable, Sendable {
        var message: String
        var backtrace: String?
    }

    func run(_ context: WorkflowContext) async throws -> Caught {
        do {
            _ = try await context.activity(ActivityReference<Void, Int>("trap"), ())
        } catch let error as CrashError {
            return Caught(message: error.failure.message, backtrace: error.backtrace)
        }
        throw PermanentError("the activity has not trapped")
    }
}

/// Kills each worker that runs it, until a mended one is deployed.
struct Faulty: Workflow {
    func run(_ context: WorkflowContext, _ number: Int) async throws -> Int {
        FaultWorker.isMended ? number : openTheEmptyBox(number)
    }
}

/// Sleeps again and again, and tells by its history how late it was woken.
struct Naps: Workflow {
    func run(_ context: WorkflowContext, _ count: Int) async throws -> Int {
        for _ in 0..<count { try await context.sleep(for: .milliseconds(50)) }
        return count
    }
}

/// Traps.
@inline(never) private func openTheEmptyBox(_ index: Int) -> Int {
    let box: [Int] = []
    return box[index]
}

struct Diary: Sendable {
    let folder: String

    func note(_ name: String, _ text: String = "") {
        _ = FileManager.default.createFile(atPath: "\(folder)/\(name)", contents: Data(text.utf8))
    }

    /// Once, if it was told to.
    var isToStumble: Bool { unlink("\(folder)/stumble") == 0 }

    var isReleased: Bool { FileManager.default.fileExists(atPath: "\(folder)/release") }
}

@main struct FaultWorker {
    /// Whether this is the program after a deployment: the folder says so from the start.
    static let isMended = FileManager.default.fileExists(atPath: (CommandLine.arguments.last ?? "") + "/mended")

    /// Arguments: URL of Redis, lease and grace period in milliseconds, folder; perhaps `--supervise`.
    static func main() async throws {
        Supervisor.runIfAsked(options: .init(firstPause: .milliseconds(20), longestPause: .milliseconds(100)))
        let words = CommandLine.arguments
        guard words.count == 5, let lease = Int(words[2]), let grace = Int(words[3]) else {
            throw StoreError(.misconfigured, "usage: fault-worker URL LEASE-MS GRACE-MS FOLDER")
        }
        let diary = Diary(folder: words[4])
        if diary.isToStumble { fatalError("it stumbles once, before it has reached the store") }
        let pid = Int(ProcessInfo.processInfo.processIdentifier)
        var configuration = try RedisStore.Configuration(url: words[1])
        configuration.leaseDuration = .milliseconds(lease)
        var logger = Logger(label: "fault-worker") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .info
        let store = try await RedisStore(configuration, logger: logger)
        let options = WorkerOptions(gracePeriod: .milliseconds(grace))
        let worker = Worker(store: store, options: options, logger: logger) {
            Run.self
            Careful.self
            Faulty.self
            Naps.self
            ActivityFunction("work") { () in pid }
            ActivityFunction("trap") { () in openTheEmptyBox(pid) }
            ActivityFunction("rest") { () in
                try await Task.sleep(for: .milliseconds(100))
                return pid
            }
            // Goes on until it is released or cancelled.
            ActivityFunction("hold") { (context: ActivityContext, _: Void) in
                diary.note("begun.\(context.instance).\(pid)", "attempt \(context.attempt)")
                do {
                    while !diary.isReleased { try await Task.sleep(for: .milliseconds(5)) }
                } catch {
                    diary.note("cancelled.\(context.instance).\(pid)", context.cancellation?.description ?? "no reason")
                    throw error
                }
                diary.note("ended.\(context.instance).\(pid)")
                return pid
            }
            // The first of an instance notes that it was there; the second goes on until it is released.
            ActivityFunction("once, then hold") { (context: ActivityContext, _: Void) in
                guard context.idempotencyKey.hasSuffix("/2") else {
                    diary.note("first.\(context.instance).\(pid)")
                    return pid
                }
                diary.note("begun.\(context.instance).\(pid)")
                while !diary.isReleased { try await Task.sleep(for: .milliseconds(5)) }
                return pid
            }
            // Holds its thread until it is released.
            ActivityFunction("block") { (context: ActivityContext, _: Void) in
                diary.note("begun.\(context.instance).\(pid)")
                while !diary.isReleased { usleep(5_000) }
                return pid
            }
        }
        let ready = Task {
            try await worker.waitUntilReady()
            diary.note("ready.\(pid)")
        }
        let services = ServiceGroup(
            services: [store, worker],
            gracefulShutdownSignals: [.sigterm],
            cancellationSignals: [.sigint],
            logger: logger
        )
        try await services.run()
        ready.cancel()
    }
}
