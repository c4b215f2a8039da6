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

    /// With a fingerprint of what is to be done.
    private let leases = Mutex<[Lease: Int]>([:])

    /// Those that a transition leases. Noted before it is sent: they are not lost if its answer is.
    func add(_ transition: Transition) {
        guard transition.activities.contains(where: \.isEager) else { return }
        leases.withLock { leases in
            for activity in transition.activities where activity.isEager {
                leases[Lease(transition, activity.scheduled.command)] = activity.scheduled.hashValue
            }
        }
    }

    /// Those that a transition would have leased.
    func withdraw(_ transition: Transition) {
        guard transition.activities.contains(where: \.isEager) else { return }
        leases.withLock { leases in
            for activity in transition.activities where activity.isEager {
                leases[Lease(transition, activity.scheduled.command)] = nil
            }
        }
    }

    /// Those whose outcomes were recorded with a transition.
    func settle(_ transition: Transition) {
        guard transition.settled.contains(where: { $0.receipt == nil }) else { return }
        leases.withLock { leases in
            for activity in transition.settled where activity.receipt == nil {
                leases[Lease(transition, activity.command)] = nil
            }
        }
    }

    func remove(_ task: ActivityTask) {
        guard task.receipt == nil else { return }
        leases.withLock { $0[Lease(task)] = nil }
    }

    /// Whether another activity has been leased since in the place of this one: Redis had gone back, and the workflow has decided
    /// otherwise. To Redis both look the same.
    func isReplaced(_ task: ActivityTask) -> Bool {
        guard task.receipt == nil, let present = leases.withLock({ $0[Lease(task)] }) else { return false }
        return present != task.scheduled.hashValue
    }

    var all: [Lease] { leases.withLock { Array($0.keys) } }
}

extension EagerLeases.Lease {
    fileprivate init(_ transition: Transition, _ command: CommandID) {
        self.init(instance: transition.instance, execution: transition.execution, command: command)
    }

    fileprivate init(_ task: ActivityTask) {
        self.init(instance: task.instance, execution: task.execution, command: task.scheduled.command)
    }
}
