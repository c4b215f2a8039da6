import Aloft
import AloftRedis
import ArchiveKit
import LocalRedis
import Logging
import Synchronization

/// A private Redis with one worker, for the time of a body.
func withArchiver<Result>(
    tools: ArchiveTools = ArchiveTools(),
    _ body: (Archiver, WorkflowClient) async throws -> Result
) async throws -> Result {
    try await withLocalRedis { redis in
        let store = try await RedisStore(.init(url: redis.url), logger: silent)
        let client = WorkflowClient(store: store)
        let worker = startWorker(store, tools)
        do {
            let result = try await body(Archiver(client: client), client)
            worker.cancel()
            try await worker.value
            await store.shutdown()
            return result
        } catch {
            worker.cancel()
            await store.shutdown()
            throw error
        }
    }
}

/// A worker that runs until the task is cancelled.
func startWorker(_ store: any WorkflowStore, _ tools: ArchiveTools) -> Task<Void, any Error> {
    let worker = Worker(store: store, queues: [ArchiveFolder.queue], logger: silent) { tools.components() }
    return Task { try await worker.run() }
}

let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Gathers what a run tells.
final class Witness: Sendable {
    private let events = Mutex<[Archiver.Event]>([])

    func take(_ event: Archiver.Event) { events.withLock { $0.append(event) } }

    var archived: [ArchiveResult] { outcomes.compactMap { if case .archived(let result) = $0 { result } else { nil } } }
    var reused: [ArchiveResult] { outcomes.compactMap { if case .reused(let result) = $0 { result } else { nil } } }
    var failures: [String] { outcomes.compactMap { if case .failed(let message) = $0 { message } else { nil } } }
    var resumed: Int { events.withLock { $0.count { if case .resumed = $0 { true } else { false } } } }
    var reasons: [String] {
        events.withLock { $0.compactMap { if case .restarted(_, let reason) = $0 { reason } else { nil } } }
    }

    private var outcomes: [Archiver.Outcome] {
        events.withLock { $0.compactMap { if case .ended(_, let outcome) = $0 { outcome } else { nil } } }
    }
}

extension Archiver {
    /// Archives a place and returns what was told.
    func run(_ place: ArchivePlace) async throws -> Witness {
        try place.makeOutput()
        let witness = Witness()
        try await run(try place.jobs()) { witness.take($0) }
        return witness
    }
}

/// A source folder with an output folder beside it.
struct Scene {
    let source: TemporaryFolder
    let output: TemporaryFolder
    let place: ArchivePlace

    init() throws {
        source = try TemporaryFolder()
        output = try TemporaryFolder()
        place = try ArchivePlace(source: "\(source.path)", output: "\(output.path)")
    }

    func differences() async throws -> [String] { try await Verifier(place).run().differences }
}
