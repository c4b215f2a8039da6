import Aloft
import Synchronization

/// A wait that a test ends from wherever it likes.
final class Gate: Sendable {
    private enum State {
        case closed([UnsafeContinuation<Void, Never>])
        case open
    }

    private let state = Mutex(State.closed([]))

    func wait() async {
        await withUnsafeContinuation { continuation in
            let isOpen = state.withLock { state in
                guard case .closed(let waiters) = state else { return true }
                state = .closed(waiters + [continuation])
                return false
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiters = state.withLock { state -> [UnsafeContinuation<Void, Never>] in
            guard case .closed(let waiters) = state else { return [] }
            state = .open
            return waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Whether anybody waits.
    var hasWaiter: Bool {
        state.withLock { if case .closed(let waiters) = $0 { !waiters.isEmpty } else { false } }
    }
}

/// A plain first-in-first-out executor that notes the task of each job.
final class JobCollector: TaskExecutor, SerialExecutor {
    /// In which of the two ways jobs are run.
    enum Mode {
        case onTaskExecutor
        case isolatedToSerialExecutor
    }

    private struct State {
        var queue: [UnownedJob] = []
        var jobs: [TaskIdentity?] = []
    }

    private let mode: Mode
    private let state = Mutex(State())

    init(_ mode: Mode) { self.mode = mode }

    /// The task of each job that was enqueued; `nil` where it belongs to none.
    var jobs: [TaskIdentity?] { state.withLock { $0.jobs } }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { state in
            state.queue.append(job)
            state.jobs.append(TaskIdentity(of: job))
        }
    }

    /// Runs jobs on the calling thread until none is left.
    func run() {
        while let job = state.withLock({ $0.queue.isEmpty ? nil : $0.queue.removeFirst() }) {
            switch mode {
            case .onTaskExecutor: job.runSynchronously(on: asUnownedTaskExecutor())
            case .isolatedToSerialExecutor:
                job.runSynchronously(isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
            }
        }
    }
}

/// An actor whose executor hands its jobs to a deterministic executor: a hop to it is an enqueue of a task that goes on.
actor Alias {
    private final class Forwarder: SerialExecutor {
        let target: DeterministicExecutor
        init(target: DeterministicExecutor) { self.target = target }
        func enqueue(_ job: consuming ExecutorJob) { target.enqueue(job) }
    }

    private nonisolated let forwarder: Forwarder
    nonisolated var unownedExecutor: UnownedSerialExecutor { forwarder.asUnownedSerialExecutor() }

    init(of executor: DeterministicExecutor) { forwarder = Forwarder(target: executor) }

    func run(_ work: @Sendable () -> Void) { work() }
}
