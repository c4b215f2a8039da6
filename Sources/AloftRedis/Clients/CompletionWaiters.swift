package import AloftCore
import Synchronization

/// Those who wait for the end of instances: they sleep until something is announced that may concern them.
///
/// A waiter registers before it looks at the state, so that no announcement falls between looking and sleeping.
package final class CompletionWaiters: Sendable {
    /// One registration.
    package struct Ticket: Hashable, Sendable {
        let instance: InstanceID
        let number: UInt64
    }

    private enum Waiter {
        case awake
        /// Announced while it was looking: it looks again instead of sleeping.
        case announced
        case asleep(CheckedContinuation<Void, Never>)
        case cancelled
    }

    private struct State {
        var waiters: [InstanceID: [UInt64: Waiter]] = [:]
        var lastNumber: UInt64 = 0
        var isShutDown = false
    }

    private let state = Mutex(State())

    package init() {}

    package func register(_ instance: InstanceID) throws(StoreError) -> Ticket {
        try state.withLock { state throws(StoreError) in
            guard !state.isShutDown else { throw .shutDown }
            state.lastNumber += 1
            state.waiters[instance, default: [:]][state.lastNumber] = .awake
            return Ticket(instance: instance, number: state.lastNumber)
        }
    }

    package func remove(_ ticket: Ticket) {
        state.withLock { state in
            state.waiters[ticket.instance]?[ticket.number] = nil
            if state.waiters[ticket.instance]?.isEmpty == true { state.waiters[ticket.instance] = nil }
        }
    }

    /// Sleeps until the instance is announced.
    ///
    /// - Throws: `StoreError` with code `cancelled` or `shutdown`.
    package func sleep(_ ticket: Ticket) async throws(StoreError) {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goesOn = state.withLock { state in
                    guard !state.isShutDown, case .awake? = state.waiters[ticket.instance]?[ticket.number] else {
                        if case .announced? = state.waiters[ticket.instance]?[ticket.number] {
                            state.waiters[ticket.instance]?[ticket.number] = .awake
                        }
                        return true
                    }
                    state.waiters[ticket.instance]?[ticket.number] = .asleep(continuation)
                    return false
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            change(ticket, to: .cancelled)
        }
        if Task.isCancelled { throw StoreError(.cancelled, "the task that waits for \(ticket.instance) was cancelled") }
        if state.withLock({ $0.isShutDown }) { throw .shutDown }
    }

    package func wake(_ instance: InstanceID) {
        let tickets = state.withLock { state in state.waiters[instance].map { Array($0.keys) } ?? [] }
        for number in tickets { change(Ticket(instance: instance, number: number), to: .announced) }
    }

    /// Lets one of those who wait look again: whether all is well with the server and the instances shows by that.
    package func wakeAny() {
        guard let instance = state.withLock({ $0.waiters.keys.randomElement() }) else { return }
        wake(instance)
    }

    /// After announcements may have been missed.
    package func wakeAll() {
        for instance in state.withLock({ Array($0.waiters.keys) }) { wake(instance) }
    }

    package func shutdown() {
        state.withLock { $0.isShutDown = true }
        wakeAll()
    }

    private func change(_ ticket: Ticket, to next: Waiter) {
        let sleeper: CheckedContinuation<Void, Never>? = state.withLock { state in
            switch state.waiters[ticket.instance]?[ticket.number] {
            case .asleep(let continuation)?:
                // Whoever is woken is awake; a cancelled task sees that for itself.
                state.waiters[ticket.instance]?[ticket.number] = .awake
                return continuation
            case .awake?, .announced?:
                state.waiters[ticket.instance]?[ticket.number] = next
                return nil
            case .cancelled?, nil: return nil
            }
        }
        sleeper?.resume()
    }
}

extension StoreError {
    static var shutDown: StoreError { StoreError(.shutdown, "the store was shut down") }
}
