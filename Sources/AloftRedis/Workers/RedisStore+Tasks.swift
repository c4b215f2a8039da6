public import AloftCore
import RedisClient

extension RedisStore {
    public func load(_ task: WorkflowTask) async throws(StoreError) -> LoadedExecution? {
        let keys = partitions[task.instance]
        let reply = try await timed(
            Scripts.load,
            "loading instance \"\(task.instance)\"",
            keys: [
                keys.instance(task.instance), keys.history(task.instance), keys.inbox(task.instance),
                RedisArgument(task.receipt.place),
            ],
            arguments: [
                RedisArgument(task.execution.rawValue), RedisArgument(keys.token(of: task.receipt)),
                RedisArgument(task.receipt.entry),
            ],
            isAwaited: false
        )
        guard try reply.int(1) == 1 else {
            releaseFromAnyone(task.receipt)
            return nil
        }
        let state = try reply.state(of: task.instance, at: 3)
        let inbox = try reply.inputs(from: 3 + Reply.stateFields.count, of: task.instance)
        let history = try await wholeHistory(
            of: task.instance,
            batches: try reply.int(2),
            length: state.historyLength
        )
        return LoadedExecution(state: state, history: history, inbox: inbox)
    }

    public func postpone(
        _ task: WorkflowTask,
        by worker: WorkerID,
        delay: Duration,
        problem: String?,
        unknown: UnknownType?
    ) async throws(StoreError) {
        let keys = partitions[task.instance]
        let reply = try await timed(
            Scripts.postpone,
            "postponing the task of instance \"\(task.instance)\"",
            keys: [
                keys.instance(task.instance), RedisArgument(task.receipt.place), RedisArgument(keys.fence(worker)),
            ],
            arguments: [
                RedisArgument(keys.base), RedisArgument(task.instance.rawValue),
                RedisArgument(task.execution.rawValue), RedisArgument(worker.rawValue),
                RedisArgument(keys.token(of: task.receipt)), RedisArgument(task.receipt.entry),
                RedisArgument(delay.redisMilliseconds), RedisArgument((problem ?? "").cut(to: 4_096)),
            ] + arguments(of: unknown, delay: delay)
                + (unknown == nil ? [] : [RedisArgument(configuration.retention.redisMilliseconds)])
        )
        release(task.receipt, by: worker)
        if reply.count > 2, try reply.int(2) > 0 { await courier.deliver(from: keys) }
    }

    /// What `unknownType` in `unknown.lua` wants to know.
    func arguments(of unknown: UnknownType?, delay: Duration) -> [RedisArgument] {
        guard let unknown else { return [] }
        return [
            unknown.limit.map { RedisArgument($0.redisMilliseconds) } ?? "n",
            RedisArgument(leaseDuration.redisMilliseconds),
            RedisArgument(UnknownType.gap(delay: delay).redisMilliseconds),
        ]
    }

    public func release(_ instances: [InstanceID], by worker: WorkerID) async throws(StoreError) {
        for instance in instances { try instance.validated() }
        let groups = Dictionary(grouping: instances) { partitions[$0].base }
        for group in groups.values {
            for start in stride(from: 0, to: group.count, by: 200) {
                let part = group[start..<min(start + 200, group.count)]
                let keys = partitions[part[start]]
                _ = try await timed(
                    Scripts.release,
                    "releasing instances",
                    keys: part.map { keys.instance($0) },
                    arguments: [RedisArgument(keys.base), RedisArgument(worker.rawValue)]
                        + part.map { RedisArgument($0.rawValue) },
                    isAwaited: false
                )
            }
        }
    }
}
