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
    }

    private let state = Mutex(State())

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
            if state.young.count >= Self.half, state.young[transition.instance] == nil {
                state.old = state.young
                state.young.removeAll(keepingCapacity: true)
            }
            state.young[transition.instance] = write
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
