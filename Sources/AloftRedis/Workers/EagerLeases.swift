import AloftCore
import Synchronization

/// The activities that one worker leased with its transitions and has not ended: Redis may say that it holds others, if it
/// has gone back in time.
final class EagerLeases: Sendable {
    struct Lease: Hashable {
        var instance: InstanceID
        var execution: ExecutionID
        var command: CommandID
    }

    private let leases = Mutex<Set<Lease>>([])

    /// Those that a transition leases. Noted before it is sent: they are not lost if its answer is.
    func add(_ transition: Transition) {
        guard transition.activities.contains(where: \.isEager) else { return }
        leases.withLock { leases in
            for activity in transition.activities where activity.isEager {
                leases.insert(Lease(transition, activity.scheduled.command))
            }
        }
    }

    /// Those that a transition would have leased.
    func withdraw(_ transition: Transition) {
        guard transition.activities.contains(where: \.isEager) else { return }
        leases.withLock { leases in
            for activity in transition.activities where activity.isEager {
                leases.remove(Lease(transition, activity.scheduled.command))
            }
        }
    }

    /// Those whose outcomes were recorded with a transition.
    func settle(_ transition: Transition) {
        guard transition.settled.contains(where: { $0.receipt == nil }) else { return }
        leases.withLock { leases in
            for activity in transition.settled where activity.receipt == nil {
                leases.remove(Lease(transition, activity.command))
            }
        }
    }

    func remove(_ task: ActivityTask) {
        guard task.receipt == nil else { return }
        let lease = Lease(instance: task.instance, execution: task.execution, command: task.scheduled.command)
        leases.withLock { _ = $0.remove(lease) }
    }

    var all: Set<Lease> { leases.withLock { $0 } }
}

extension EagerLeases.Lease {
    fileprivate init(_ transition: Transition, _ command: CommandID) {
        self.init(instance: transition.instance, execution: transition.execution, command: command)
    }
}
