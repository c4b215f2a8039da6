import AloftCore
import Synchronization

/// What Redis acknowledged to this process lately, so that it can tell what is missing after a restart or a failover.
final class AcknowledgedWrites: Sendable {
    struct Write {
        var execution: ExecutionID
        /// The length of the history.
        var length: Int
        /// Whether the instance may be gone for good reason.
        var isFinished: Bool
        var notedAt = ContinuousClock.now
    }

    /// A commit that went on from an earlier point than one that was acknowledged before.
    struct Loss {
        var length: Int
        var acknowledged: Int
    }

    /// How many instances each half remembers.
    private static let half = 500

    private struct State {
        var young: [InstanceID: Write] = [:]
        var old: [InstanceID: Write] = [:]
        var losses: [InstanceID: Loss] = [:]

        mutating func keep(_ write: Write, of instance: InstanceID) {
            if young.count >= AcknowledgedWrites.half, young[instance] == nil {
                old = young
                young.removeAll(keepingCapacity: true)
            }
            young[instance] = write
        }
    }

    private let state = Mutex(State())

    /// A start: nothing of it is in a history yet.
    func note(_ start: InstanceStart) {
        let write = Write(execution: start.execution, length: 0, isFinished: false)
        state.withLock { state in
            // A worker of this process may have been faster than the answer.
            let last = state.young[start.instance] ?? state.old[start.instance]
            if last?.execution != start.execution { state.keep(write, of: start.instance) }
        }
    }

    /// It is gone because somebody wanted that.
    func forget(_ instance: InstanceID) {
        state.withLock { state in
            state.young[instance] = nil
            state.old[instance] = nil
            state.losses[instance] = nil
        }
    }

    func note(_ transition: Transition) {
        var write = Write(
            execution: transition.execution,
            length: transition.expectedLength + transition.events.count,
            isFinished: false
        )
        switch transition.completion {
        case .continuedAsNew(let next)?:
            write.execution = next.execution
            write.length = 0
        case nil: break
        default: write.isFinished = true
        }
        state.withLock { state in
            if let last = state.young[transition.instance] ?? state.old[transition.instance],
                last.execution == transition.execution, transition.expectedLength < last.length,
                state.losses.count < Self.half
            {
                state.losses[transition.instance] = Loss(
                    length: transition.expectedLength,
                    acknowledged: last.length
                )
            }
            state.keep(write, of: transition.instance)
        }
    }

    /// Hands everything out and forgets it: what is missing is told once.
    func take() -> (writes: [InstanceID: Write], losses: [InstanceID: Loss]) {
        state.withLock { state in
            defer { state = State() }
            return (state.old.merging(state.young) { $1 }, state.losses)
        }
    }
}
