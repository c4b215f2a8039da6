internal import AloftCore
internal import Logging
internal import Synchronization

/// Runs suspects under trial: a lane for them, and the store told of each that begins; see ``CrashLimit``.
final class Trials: Sendable {
    private struct State {
        var lane: SuspectLane
        var waiters: [Int: CheckedContinuation<Bool, Never>] = [:]
        /// Answers that came before the question.
        var decided: [Int: Bool] = [:]
        var isClosed = false
    }

    private let state: Mutex<State>

    /// - Parameter slots: How many things of this sort the worker runs at a time.
    init(slots: Int) { state = Mutex(State(lane: SuspectLane(slots: slots))) }

    /// Whether nothing more is to begin.
    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Lets those go that wait, and nobody in.
    func close() {
        let waiters = state.withLock { state in
            state.isClosed = true
            defer { state.waiters = [:] }
            return state.waiters
        }
        for (ticket, waiter) in waiters {
            leave(ticket)
            waiter.resume(returning: false)
        }
    }

    /// Runs a suspect when its turn has come.
    ///
    /// - Parameter crashes: How many are put down to it.
    /// - Returns: `nil` if its turn did not come for as long as a task is put back for, or if the worker stops: it has not
    ///   begun, and is to go to others.
    func run<Value>(
        _ suspect: Suspect,
        crashes: Int,
        in environment: SessionEnvironment,
        _ body: () async -> Value
    ) async -> Value? {
        guard let ticket = await enter(crashes, environment) else { return nil }
        do throws(StoreError) {
            try await environment.persist("put a suspect on trial") { () throws(StoreError) in
                try await environment.store.setTrial(of: suspect, by: environment.worker, isOn: true)
            }
        } catch {
            leave(ticket)
            return nil
        }
        let duration = SuspectLane.duration(crashes: crashes, first: environment.options.firstTrial)
        let trial = Task {
            // Ends early when the suspect does.
            try? await environment.store.clock.sleep(for: duration)
            await self.clear(suspect, environment)
            self.leave(ticket)
        }
        let value = await body()
        trial.cancel()
        await trial.value
        return value
    }

    private func clear(_ suspect: Suspect, _ environment: SessionEnvironment) async {
        // In a task of its own: this one may be cancelled, and the store is to hear of it nevertheless.
        await Task {
            do throws(StoreError) {
                try await environment.store.setTrial(of: suspect, by: environment.worker, isOn: false)
            } catch {
                // It stays on trial: if this worker dies, that counts for more than it should.
                environment.logger.debug("could not clear a suspect", metadata: [LogKey.error: "\(error)"])
            }
        }.value
    }

    // MARK: Waiting for a turn

    private func enter(_ crashes: Int, _ environment: SessionEnvironment) async -> Int? {
        let request = state.withLock { $0.isClosed ? nil : $0.lane.request(crashes: crashes) }
        guard let (ticket, mayBegin) = request else { return nil }
        if mayBegin { return ticket }
        let limit = Task {
            do { try await environment.store.clock.sleep(for: environment.options.problemRetryInterval) } catch {
                return
            }
            self.giveUp(ticket)
        }
        defer { limit.cancel() }
        let isIn = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let decision = state.withLock { state -> Bool? in
                    if let decision = state.decided.removeValue(forKey: ticket) { return decision }
                    if state.isClosed { return false }
                    state.waiters[ticket] = continuation
                    return nil
                }
                if let decision { continuation.resume(returning: decision) }
            }
        } onCancel: {
            giveUp(ticket)
        }
        // Nobody answers any more; an answer that crossed the other one is put away.
        state.withLock { state in _ = state.decided.removeValue(forKey: ticket) }
        guard isIn else {
            leave(ticket)
            return nil
        }
        return ticket
    }

    private func giveUp(_ ticket: Int) { decide(ticket, false) }

    private func leave(_ ticket: Int) {
        for next in state.withLock({ $0.lane.leave(ticket) }) { decide(next, true) }
    }

    private func decide(_ ticket: Int, _ isIn: Bool) {
        let waiter = state.withLock { state in
            let waiter = state.waiters.removeValue(forKey: ticket)
            if waiter == nil, state.decided[ticket] == nil { state.decided[ticket] = isIn }
            return waiter
        }
        waiter?.resume(returning: isIn)
    }
}
