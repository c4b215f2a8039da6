internal import Synchronization

/// Keeps count of tasks that run on their own, so that a stopping worker can wait for them, cancel them, or give them up.
package final class TaskTracker: Sendable {
    private struct State {
        var lastTicket = 0
        var running: [Int: Task<Void, Never>] = [:]
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// The number of tasks that run.
    package var count: Int { state.withLock { $0.running.count } }

    /// Runs an operation in a task of its own.
    package func spawn(_ operation: @escaping @Sendable () async -> Void) {
        // Entered before it can end, and before anybody can miss it.
        state.withLock { state in
            state.lastTicket += 1
            let ticket = state.lastTicket
            state.running[ticket] = Task {
                await operation()
                self.finish(ticket)
            }
        }
    }

    private func finish(_ ticket: Int) {
        let waiters = state.withLock { state in
            state.running[ticket] = nil
            guard state.running.isEmpty else { return [CheckedContinuation<Void, Never>]() }
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Cancels what runs now.
    package func cancelAll() {
        for task in state.withLock({ Array($0.running.values) }) { task.cancel() }
    }

    /// Waits until no task runs, until a limit has passed, or until the waiting task is cancelled.
    ///
    /// - Parameter limit: `nil`: as long as it takes.
    package func waitUntilIdle(for limit: Duration? = nil, on clock: any Clock<Duration> & Sendable) async {
        let ticket = state.withLock { state in
            state.lastTicket += 1
            return state.lastTicket
        }
        var timer: Task<Void, Never>?
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isWaiting = state.withLock { state in
                    // A cancellation that came first finds nobody waiting.
                    if state.running.isEmpty || Task.isCancelled { return false }
                    state.waiters[ticket] = continuation
                    return true
                }
                guard isWaiting else {
                    continuation.resume()
                    return
                }
                // Only now is there somebody whom the timer can wake.
                timer = limit.map { limit in
                    Task {
                        do { try await clock.sleep(for: limit) } catch { return }
                        self.wake(ticket)
                    }
                }
            }
        } onCancel: {
            wake(ticket)
        }
        timer?.cancel()
    }

    private func wake(_ ticket: Int) { state.withLock { $0.waiters.removeValue(forKey: ticket) }?.resume() }
}
