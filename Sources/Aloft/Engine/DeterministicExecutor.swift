internal import DequeModule
internal import Synchronization

/// Runs the tasks of one execution, one job at a time, in an order that depends on nothing but what they do.
///
/// It has no thread: whoever has news for the execution calls ``drain(budget:_:)``, which delivers it and runs jobs until
/// every task is suspended. Used as a task executor preference, it is inherited by `async let`, task groups and default
/// actors; a plain actor with a custom executor would not reach children.
///
/// A task keeps running until it really suspends. The runtime may enqueue a task again though it did not suspend, and how
/// often it does depends on compiler and optimisation, so such a job must not go behind others: it takes the slot
/// `continuation`, all others the tail of the queue.
package final class DeterministicExecutor: TaskExecutor {
    /// How a drain ended.
    package enum DrainResult: Equatable {
        /// Every task is suspended or has ended.
        case idle
        /// So many jobs ran that the code is taken to loop for ever; jobs are left in the queue.
        case budgetExceeded
    }

    private struct State {
        var queue = Deque<UnownedJob>()
        var continuation: UnownedJob?
        var running: TaskIdentity?
        var sawForeignJob = false
        var jobCount = 0
    }

    private let state = Mutex(State())
    /// The thread that drains; 0 while nobody does.
    private let drainingThread = Atomic<UInt>(0)
    private let onForeignJob: @Sendable () -> Void

    /// - Parameter onForeignJob: Called, on any thread, when a job arrives from elsewhere: see ``sawForeignJob``.
    package init(onForeignJob: @escaping @Sendable () -> Void = {}) {
        self.onForeignJob = onForeignJob
    }

    /// Whether the caller runs inside a drain of this executor.
    package var isCurrent: Bool { drainingThread.load(ordering: .relaxed) == ThreadIdentity.current }

    /// Whether a task came back from elsewhere: it awaited something that the history does not know, at a moment that no
    /// replay can repeat.
    package var sawForeignJob: Bool { state.withLock { $0.sawForeignJob } }

    /// How many jobs have been run.
    package var jobCount: Int { state.withLock { $0.jobCount } }

    /// Marks the execution as one that has a part outside of it.
    func reportForeignJob() {
        state.withLock { $0.sawForeignJob = true }
        onForeignJob()
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isCurrent = isCurrent
        state.withLock { state in
            if isCurrent, let running = state.running, running == TaskIdentity(of: job), state.continuation == nil {
                state.continuation = job
            } else {
                state.queue.append(job)
                if !isCurrent { state.sawForeignJob = true }
            }
        }
        if !isCurrent { onForeignJob() }
    }

    /// Runs `work` and then jobs until none is left. Must not be called from two threads at once, or from a job.
    ///
    /// - Parameter budget: How many jobs at most.
    package func drain(budget: Int, _ work: () -> Void) -> DrainResult {
        drainingThread.store(ThreadIdentity.current, ordering: .relaxed)
        defer { drainingThread.store(0, ordering: .relaxed) }
        work()
        var left = budget
        while let job = next() {
            guard left > 0 else {
                state.withLock { state in
                    state.running = nil
                    state.queue.prepend(job)
                }
                return .budgetExceeded
            }
            left -= 1
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
        return .idle
    }

    private func next() -> UnownedJob? {
        state.withLock { state in
            let job = state.continuation.take() ?? state.queue.popFirst()
            state.running = job.flatMap(TaskIdentity.init(of:))
            if job != nil { state.jobCount += 1 }
            return job
        }
    }
}
