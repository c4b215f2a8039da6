public import AloftCore
import RedisClient

extension RedisStore {
    public func queueStates() async throws(StoreError) -> [QueueState] {
        var states: [TaskQueue: QueueState] = [:]
        // A worker serves its queues in every partition.
        var servers: [TaskQueue: Set<WorkerID>] = [:]
        for keys in partitions.keyspaces {
            let reply = try await timed(
                Scripts.queues,
                "reading the state of the queues",
                keys: [keys.queues, keys.workers],
                arguments: [RedisArgument(keys.base), RedisArgument(leaseDuration.redisMilliseconds)],
                repetition: .reading
            )
            let streams = min(try reply.amount(1), reply.count)
            let firstWorker = 2 + 4 * streams
            for index in stride(from: 2, to: firstWorker, by: 4) {
                let name = try reply.text(index)
                let queue = TaskQueue(String(decoding: name.utf8.dropFirst(2), as: UTF8.self))
                let count = try reply.amount(index + 1)
                let oldest = try reply.time(index + 2)
                let added = try reply.int(index + 3)
                if added >= 0 { states[queue, default: QueueState(queue: queue)].addedTasks.add(added) }
                states[queue, default: QueueState(queue: queue)]
                    .add(count, since: oldest.milliseconds < 0 ? nil : oldest, ofWorkflows: name.utf8.first == 0x77)
            }
            for index in stride(from: firstWorker, to: reply.count - 2, by: 3) {
                let worker = WorkerID(try reply.text(index))
                for position in [index + 1, index + 2] {
                    for name in (reply.optionalText(position) ?? "").utf8.split(separator: 0) {
                        servers[TaskQueue(String(decoding: name, as: UTF8.self)), default: []].insert(worker)
                    }
                }
            }
        }
        for (queue, workers) in servers {
            states[queue, default: QueueState(queue: queue)].workers = workers.count
        }
        return states.values.filter { $0.workflowTasks + $0.activityTasks + $0.workers > 0 }
            .sorted { $0.queue < $1.queue }
    }
}

extension QueueState {
    fileprivate mutating func add(_ count: Int, since moment: Timestamp?, ofWorkflows: Bool) {
        func earlier(_ other: Timestamp?) -> Timestamp? { [moment, other].compactMap(\.self).min() }
        if ofWorkflows {
            workflowTasks += count
            oldestWorkflowTask = earlier(oldestWorkflowTask)
        } else {
            activityTasks += count
            oldestActivityTask = earlier(oldestActivityTask)
        }
    }
}

extension Int? {
    fileprivate mutating func add(_ count: Int) { self = (self ?? 0) + min(count, 1 << 48) }
}
