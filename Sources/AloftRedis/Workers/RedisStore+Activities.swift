public import AloftCore
import RedisClient

extension RedisStore {
    public func finish(
        _ task: ActivityTask,
        by worker: WorkerID,
        outcome: ActivityOutcome
    ) async throws(StoreError) -> Bool {
        let command = task.scheduled.command
        switch outcome {
        case .completed(let payload):
            return try await settle(task, by: worker, with: .activityCompleted(command, payload))
        case .failed(let failure):
            return try await settle(task, by: worker, with: .activityFailed(command, failure))
        case .retry(let delay, let failure):
            return try await end(
                task,
                by: worker,
                "r",
                RedisArgument(delay.redisMilliseconds),
                [RedisArgument(EventBody.activityFailed(command, failure.shortened).encoded)]
            )
        }
    }

    public func handBack(
        _ task: ActivityTask,
        by worker: WorkerID,
        delay: Duration,
        unknown: UnknownType?
    ) async throws(StoreError) {
        _ = try await end(
            task,
            by: worker,
            "b",
            RedisArgument(delay.redisMilliseconds),
            arguments(of: unknown, delay: delay)
        )
    }

    private func settle(
        _ task: ActivityTask,
        by worker: WorkerID,
        with event: EventBody
    ) async throws(StoreError) -> Bool {
        try checkPayload(of: event, for: task.instance)
        return try await end(task, by: worker, "o", RedisArgument(event.encoded))
    }

    private func end(
        _ task: ActivityTask,
        by worker: WorkerID,
        _ what: RedisArgument,
        _ detail: RedisArgument,
        _ more: [RedisArgument] = []
    ) async throws(StoreError) -> Bool {
        guard eagerLeases(of: worker)?.isReplaced(task) != true else { return false }
        let keys = partitions[task.instance]
        var names = [
            keys.instance(task.instance), keys.inbox(task.instance), keys.activities(task.instance),
            RedisArgument(keys.fence(worker)),
        ]
        if let receipt = task.receipt { names.append(RedisArgument(receipt.place)) }
        let reply = try await timed(
            Scripts.finish,
            "ending activity \(task.scheduled.name) of instance \"\(task.instance)\"",
            keys: names,
            arguments: [
                RedisArgument(keys.base), RedisArgument(task.instance.rawValue),
                RedisArgument(task.execution.rawValue), RedisArgument(worker.rawValue),
                RedisArgument(task.scheduled.command.number), RedisArgument(task.lease.attempt),
                RedisArgument(task.lease.delivery), RedisArgument(task.receipt?.entry ?? ""), what, detail,
            ] + more
        )
        if let receipt = task.receipt { release(receipt, by: worker) } else { eagerLeases(of: worker)?.remove(task) }
        return try reply.int(1) == 1
    }
}

extension Failure {
    /// Small enough to be kept with an activity that waits for its next attempt: 4 KiB, roughly.
    fileprivate var shortened: Failure {
        var copy = self
        if let details, details.bytes.count > 1_024 { copy.details = nil }
        copy.backtrace = nil
        copy.type = type.cut(to: 255)
        copy.message = message.cut(to: 1_024)
        copy.causes = causes.prefix(2).map { Cause(type: $0.type.cut(to: 255), message: $0.message.cut(to: 512)) }
        return copy
    }
}
