public import AloftCore
import RedisClient

extension RedisStore {
    private static let mostWorkers = 1_000
    private static let mostWork = 100

    public func workers() async throws(StoreError) -> [WorkerState] {
        var states: [WorkerID: WorkerState] = [:]
        for keys in partitions.keyspaces {
            let reply = try await timed(
                Scripts.workers,
                "reading the state of the workers",
                keys: [keys.workers, keys.queues],
                arguments: [
                    RedisArgument(keys.base), RedisArgument(leaseDuration.redisMilliseconds),
                    RedisArgument(Self.mostWorkers),
                ],
                repetition: .reading
            )
            for index in stride(from: 1, to: reply.count - 9, by: 10) {
                let part = try reply.workerState(at: index)
                let worker = part.registration.worker
                guard var state = states[worker] else {
                    states[worker] = part
                    continue
                }
                // A worker serves its queues in every partition.
                state.instances += part.instances
                state.tasks += part.tasks
                state.lastBeat = max(state.lastBeat, part.lastBeat)
                states[worker] = state
            }
        }
        func key(_ state: WorkerState) -> (Timestamp, WorkerID) {
            (state.since ?? Timestamp(milliseconds: 0), state.registration.worker)
        }
        return Array(states.values.sorted { key($0) < key($1) }.prefix(Self.mostWorkers))
    }

    public func work(of worker: WorkerID, limit: Int) async throws(StoreError) -> [HeldWork] {
        try worker.validated()
        let limit = min(limit, Self.mostWork)
        guard limit > 0 else { return [] }
        var work: [HeldWork] = []
        for keys in partitions.keyspaces where work.count < limit {
            let reply = try await timed(
                Scripts.work,
                "reading what worker \(worker) has in hand",
                keys: [keys.queues, RedisArgument(keys.ownStream(worker)), keys.residents(worker)],
                arguments: [
                    RedisArgument(keys.base), RedisArgument(worker.rawValue), RedisArgument(limit - work.count),
                ],
                repetition: .reading
            )
            for index in stride(from: 1, to: reply.count - 1, by: 2) {
                let command = reply.optionalText(index + 1) == nil ? nil : CommandID(try reply.int(index + 1))
                work.append(HeldWork(instance: InstanceID(try reply.text(index)), command: command))
            }
        }
        return work
    }
}

extension Reply {
    /// What `workers.lua` tells of a worker.
    fileprivate func workerState(at index: Int) throws(StoreError) -> WorkerState {
        func names(_ offset: Int) -> [String] {
            // By bytes: a name may begin with a mark that would join the character before it.
            (optionalText(index + offset) ?? "").utf8.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        }
        return WorkerState(
            registration: WorkerRegistration(
                worker: WorkerID(try text(index)),
                workflowQueues: names(4).map { TaskQueue($0) },
                activityQueues: names(5).map { TaskQueue($0) },
                workflows: names(6),
                activities: names(7),
                host: optionalText(index + 2) ?? ""
            ),
            since: try optionalTime(index + 3),
            lastBeat: try time(index + 1),
            instances: try int(index + 8),
            tasks: try int(index + 9)
        )
    }
}
