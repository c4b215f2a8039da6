internal import Synchronization

/// Keeps count of tasks that run on their own, so that a stopping worker can wait for them, cancel them, or give them up.
final class TaskTracker: Sendable {
    private struct State {
        var lastTicket = 0
        var running: [Int: Task<Void, Never>] = [:]
        /// Tasks that ended before they were entered.
        var early: Set<Int> = []
        var active = 0
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    /// Runs an operation in a task of its own.
    func spawn(_ operation: @escaping @Sendable () async -> Void) {
        let ticket = state.withLock { state in
            state.active += 1
            state.lastTicket += 1
            return state.lastTicket
        }
        let task = Task {
            await operation()
            self.finish(ticket)
        }
        state.withLock { state in
            if state.early.remove(ticket) == nil { state.running[ticket] = task }
        }
    }

    private func finish(_ ticket: Int) {
        let waiters = state.withLock { state in
            if state.running.removeValue(forKey: ticket) == nil { state.early.insert(ticket) }
            state.active -= 1
            guard state.active == 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Cancels what runs now.
    func cancelAll() {
        for task in state.withLock({ Array($0.running.values) }) { task.cancel() }
    }

    /// Waits until no task runs, or until a limit has passed.
    ///
    /// - Parameter limit: `nil`: as long as it takes.
    func waitUntilIdle(for limit: Duration? = nil, on clock: any Clock<Duration> & Sendable) async {
        let ticket = state.withLock { state in
            state.lastTicket += 1
            return state.lastTicket
        }
        let timer = limit.map { limit in
            Task {
                do { try await clock.sleep(for: limit) } catch { return }
                self.state.withLock { $0.waiters.removeValue(forKey: ticket) }?.resume()
            }
        }
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                if state.active == 0 { return true }
                state.waiters[ticket] = continuation
                return false
            }
            if isIdle { continuation.resume() }
        }
        timer?.cancel()
    }
}
