import AloftCore
import Synchronization

/// The workers that this store has registered and that have not left: a store that is told to stop together with them lets
/// them hand back what they hold.
final class PresentWorkers: Sendable {
    private struct State {
        var workers: Set<WorkerID> = []
        var lastTicket = 0
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    func enter(_ worker: WorkerID) { state.withLock { _ = $0.workers.insert(worker) } }

    func leave(_ worker: WorkerID) {
        let waiters = state.withLock { state in
            state.workers.remove(worker)
            guard state.workers.isEmpty else { return [CheckedContinuation<Void, Never>]() }
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits until none is there, or until a limit has passed; also in a task that was cancelled.
    func waitUntilNone(for limit: Duration) async {
        var timer: Task<Void, Never>?
        await withCheckedContinuation { continuation in
            let ticket = state.withLock { state -> Int? in
                guard !state.workers.isEmpty else { return nil }
                state.lastTicket += 1
                state.waiters[state.lastTicket] = continuation
                return state.lastTicket
            }
            guard let ticket else { return continuation.resume() }
            timer = Task {
                do { try await Task.sleep(for: limit) } catch { return }
                self.state.withLock { $0.waiters.removeValue(forKey: ticket) }?.resume()
            }
        }
        timer?.cancel()
    }
}
