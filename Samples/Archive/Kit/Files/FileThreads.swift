private import Dispatch

/// Threads for calls that block.
///
/// Swift's own threads are few and must not be kept waiting by a disk: with them the worker polls, commits and stays alive.
package final class FileThreads: TaskExecutor {
    private let queue = DispatchQueue(label: "archive.files", attributes: .concurrent)

    package init() {}

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// Runs blocking code on one of the threads, within the calling task, so that it sees its cancellation.
    package func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withTaskExecutorPreference(self) { try await Self.hop(body) }
    }

    // Only a function that is not bound to its caller's executor starts on the preferred one.
    @concurrent
    private static func hop<Result: Sendable>(_ body: @Sendable () throws -> Result) async throws -> Result {
        try body()
    }
}
