import ArchiveKit
import Foundation
import Synchronization

/// The worker processes of a demo: this program again, as `archive worker`.
final class WorkerFleet: Sendable {
    private struct State {
        var workers: [WorkerProcess] = []
        var dead: Set<String> = []
        var tasks = 0
        var isStopping = false
    }

    private let state = Mutex(State())
    private let url: String
    private let onUnexpectedEnd: @Sendable (WorkerProcess) -> Void

    init(url: String, onUnexpectedEnd: @escaping @Sendable (WorkerProcess) -> Void) {
        self.url = url
        self.onUnexpectedEnd = onUnexpectedEnd
    }

    /// What the workers took over from dead ones.
    var takeovers: (workers: Int, tasks: Int) { state.withLock { ($0.dead.count, $0.tasks) } }

    /// Starts a worker and returns when it takes tasks.
    @discardableResult
    func start() async throws -> WorkerProcess {
        let worker = try WorkerProcess(url: url)
        state.withLock { $0.workers.append(worker) }
        let (readiness, opener) = AsyncStream<Void>.makeStream()
        Thread.detachNewThread {
            worker.readStatuses { status in
                switch status {
                case .ready: opener.yield()
                case .tookOver(let dead, let tasks): self.note(dead, tasks)
                }
            }
            opener.finish()
            worker.process.wait()
            self.ended(worker)
        }
        for await _ in readiness { return worker }
        try Task.checkCancellation()
        throw ArchiveProblem(.store, "the worker \(worker.process.pid) did not start")
    }

    /// `kill -9` for the worker that was started first.
    func killOne() -> Int32? {
        guard let worker = state.withLock({ $0.workers.isEmpty ? nil : $0.workers.removeFirst() }) else { return nil }
        worker.isKilled.store(true, ordering: .relaxed)
        worker.process.kill()
        return worker.process.pid
    }

    /// Ends all workers and returns when they are gone. Blocks for up to ten seconds.
    func stop() {
        let workers = state.withLock { state in
            state.isStopping = true
            return state.workers
        }
        for worker in workers { worker.process.closeInput() }
        let killer = DispatchWorkItem { for worker in workers { worker.process.kill() } }
        DispatchQueue.global().asyncAfter(deadline: .now() + 10, execute: killer)
        for worker in workers { worker.process.wait() }
        killer.cancel()
    }

    private func note(_ dead: [String], _ tasks: Int) {
        state.withLock { state in
            state.dead.formUnion(dead)
            state.tasks += tasks
        }
    }

    private func ended(_ worker: WorkerProcess) {
        let isExpected = worker.isKilled.load(ordering: .relaxed) || state.withLock { $0.isStopping }
        if !isExpected { onUnexpectedEnd(worker) }
    }
}

/// One worker process.
final class WorkerProcess: Sendable {
    let process: ChildProcess
    let isKilled = Atomic<Bool>(false)

    init(url: String) throws {
        let program = Bundle.main.executablePath ?? CommandLine.arguments[0]
        process = try ChildProcess([program, "worker", "--supervised", "--redis", url].map { BytePath($0) })
    }

    /// Hands on what the worker tells, until it ends. Blocks.
    func readStatuses(_ body: (WorkerStatus) -> Void) {
        var rest: [UInt8] = []
        process.readOutput { piece in
            rest.append(contentsOf: piece)
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                if let status = WorkerStatus(line: rest[..<end]) { body(status) }
                rest.removeSubrange(...end)
            }
        }
    }
}
