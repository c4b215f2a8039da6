internal import Synchronization

/// A door that opens once, or is closed for good before it has opened.
final class Readiness: Sendable {
    private struct State {
        /// `nil` while it is not decided.
        var isOpen: Bool?
        var lastTicket = 0
        var waiters: [Int: CheckedContinuation<Bool, Never>] = [:]
    }

    private let state = Mutex(State())

    func open() { decide(true) }
    func close() { decide(false) }

    private func decide(_ isOpen: Bool) {
        let waiters = state.withLock { state in
            guard state.isOpen == nil else { return [CheckedContinuation<Bool, Never>]() }
            state.isOpen = isOpen
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume(returning: isOpen) }
    }

    /// Waits until it is decided.
    ///
    /// - Throws: `CancellationError` if it is closed, or if the calling task is cancelled.
    func wait() async throws {
        let ticket = state.withLock { state in
            state.lastTicket += 1
            return state.lastTicket
        }
        let isOpen = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let decision = state.withLock { state in
                    // A cancellation that came first finds nobody waiting.
                    let decision = Task.isCancelled ? false : state.isOpen
                    if decision == nil { state.waiters[ticket] = continuation }
                    return decision
                }
                if let decision { continuation.resume(returning: decision) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: ticket) }?.resume(returning: false)
        }
        if !isOpen { throw CancellationError() }
    }
}
