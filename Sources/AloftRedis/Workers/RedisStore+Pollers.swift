import AloftCore
import RedisClient
import Synchronization

/// The two readers of one worker.
struct WorkerPollers: Sendable {
    let workflows: TaskPoller
    let activities: TaskPoller
    /// Activities that came with its transitions.
    let eager = EagerLeases()
}

extension RedisStore {
    func pollers(for registration: WorkerRegistration) throws(StoreError) -> WorkerPollers {
        try registration.worker.validated()
        let worker = registration.worker
        return pollers.withLock { pollers in
            if let present = pollers[worker] { return present }
            let keyspaces = partitions.keyspaces
            let fences = keyspaces.map { $0.fence(worker) }
            // Entries of activities carry their input, those of workflow tasks at most 4 KiB.
            let room = configuration.redis.maximumReplyBytes / 2
            let entryBytes = min(configuration.maximumPayloadBytes, room) + 8_192
            let made = WorkerPollers(
                workflows: TaskPoller(
                    worker: worker,
                    fences: fences,
                    sources: keyspaces.flatMap { keys in
                        [keys.ownStream(worker)] + registration.workflowQueues.map { keys.workflowQueue($0) }
                    },
                    maximumEntries: room / 8_192,
                    connection: redis.dedicatedConnection(name: "workflows")
                ),
                activities: TaskPoller(
                    worker: worker,
                    fences: fences,
                    sources: keyspaces.flatMap { keys in
                        registration.activityQueues.map { keys.activityQueue($0) }
                    },
                    maximumEntries: room / entryBytes,
                    connection: redis.dedicatedConnection(name: "activities")
                )
            )
            pollers[worker] = made
            return made
        }
    }

    /// Notes that a worker no longer holds a task.
    func release(_ receipt: TaskReceipt, by worker: WorkerID) {
        guard let present = pollers.withLock({ $0[worker] }) else { return }
        if !present.workflows.release(receipt) { _ = present.activities.release(receipt) }
    }

    /// The activities that a worker leased with its transitions; `nil` if it has asked for nothing yet.
    func eagerLeases(of worker: WorkerID) -> EagerLeases? {
        pollers.withLock { $0[worker]?.eager }
    }

    func releaseFromAnyone(_ receipt: TaskReceipt) {
        for present in pollers.withLock({ Array($0.values) }) where present.workflows.release(receipt) { return }
    }

    func closePollers(of worker: WorkerID) async {
        guard let present = pollers.withLock({ $0.removeValue(forKey: worker) }) else { return }
        await present.workflows.shutdown()
        await present.activities.shutdown()
    }
}
