internal import Aloft
internal import Synchronization

/// The instances whose code came back from something that is not durable; told from any thread.
final class ForeignJobs: Sendable {
    private let instances = Mutex<[InstanceID]>([])

    func report(_ instance: InstanceID) { instances.withLock { $0.append(instance) } }

    /// The first that was reported since the last call.
    func take() -> InstanceID? {
        instances.withLock { instances in
            defer { instances = [] }
            return instances.first
        }
    }
}
