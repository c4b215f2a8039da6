public import AloftCore
import Logging
import RedisClient

extension RedisStore {
    public func commit(_ transition: Transition) async throws(StoreError) -> CommitOutcome {
        try transition.validate()
        try checkLimits(of: transition)

        let batch = EventBatch.encode(transition.events)
        try checkSize(of: batch, for: transition.instance)
        let keys = partitions[transition.instance]
        var names = [
            keys.instance(transition.instance), keys.history(transition.instance), keys.inbox(transition.instance),
            keys.activities(transition.instance), RedisArgument(keys.fence(transition.worker)),
        ]
        if let receipt = transition.receipt { names.append(RedisArgument(receipt.place)) }
        let eager = eagerLeases(of: transition.worker)
        eager?.add(transition)
        let reply = try await timed(
            Scripts.commit,
            "committing to instance \"\(transition.instance)\"",
            keys: names,
            arguments: transition.arguments(in: keys, batch: batch, retention: configuration.retention)
                + others(of: transition, from: keys)
        )
        let answer = try reply.int(1)
        guard answer > 0 else {
            eager?.withdraw(transition)
            try await queueLeases(of: transition, in: keys)
            if reply.count > 2, let receipt = transition.receipt { release(receipt, by: transition.worker) }
            return .conflict
        }
        eager?.settle(transition)
        acknowledged.note(transition)
        // It is written: whatever is wrong with what comes next must not look like a refusal.
        for settled in transition.settled {
            if let receipt = settled.receipt { release(receipt, by: transition.worker) }
        }
        if answer == 2 { await courier.deliver(from: keys) }
        do throws(StoreError) {
            let inputs = try reply.inputs(from: 2, of: transition.instance)
            if inputs.isEmpty, let receipt = transition.receipt { release(receipt, by: transition.worker) }
            return .committed(inputs: inputs)
        } catch {
            try await leaveInputs(of: transition, to: error)
            return .committed(inputs: [])
        }
    }

    /// Puts a task back whose next inputs this program cannot read: perhaps a newer one can.
    private func leaveInputs(of transition: Transition, to problem: StoreError) async throws(StoreError) {
        guard let receipt = transition.receipt else { return }
        let task = WorkflowTask(instance: transition.instance, execution: transition.execution, receipt: receipt)
        logger.error("inputs cannot be read and wait for another worker", metadata: ["error": "\(problem)"])
        do throws(StoreError) {
            try await postpone(task, by: transition.worker, delay: .seconds(5), problem: problem.description)
        } catch {
            logger.error("the task stays with this worker until it is missed", metadata: ["error": "\(error)"])
        }
    }
}

extension Transition {
    /// Whether it is resident, and behind that what the code waits for, if that is news.
    private var residency: RedisArgument {
        guard let waits, completion == nil else { return isResident ? "1" : "0" }
        return RedisArgument([UInt8(ascii: isResident ? "1" : "0"), UInt8(ascii: ":")] + waits.encoded)
    }

    /// The flat list that `commit.lua` documents.
    fileprivate func arguments(in keys: Keyspace, batch: [UInt8], retention: Duration) -> [RedisArgument] {
        var list: [RedisArgument] = []
        list.reserveCapacity(20 + 5 * settled.count + 4 * activities.count + 3 * timers.count + cancelledTimers.count)
        list.append(RedisArgument(keys.base))
        list.append(RedisArgument(instance.rawValue))
        list.append(RedisArgument(execution.rawValue))
        list.append(RedisArgument(worker.rawValue))
        list.append(RedisArgument(id))
        list.append(RedisArgument(expectedLength))
        list.append(RedisArgument(expectedLength + events.count))
        list.append(residency)
        list.append(RedisArgument(receipt.map { keys.token(of: $0) } ?? ""))
        list.append(RedisArgument(receipt?.entry ?? ""))
        list.append(RedisArgument(receipt == nil ? 0 : max(0, consumedInputs)))
        list.append(RedisArgument(completion?.letter ?? ""))
        list.append(RedisArgument(retention.redisMilliseconds))
        list.append(RedisArgument(batch))
        list.append(RedisArgument(settled.count))
        for activity in settled {
            list.append(RedisArgument(activity.command.number))
            list.append(RedisArgument(activity.lease.attempt))
            list.append(RedisArgument(activity.lease.delivery))
            list.append(RedisArgument(activity.receipt?.entry ?? ""))
            list.append(RedisArgument(activity.receipt?.place ?? ""))
        }
        // An execution that ends starts nothing of its own any more.
        let activities = completion == nil ? self.activities : []
        let timers = completion == nil ? self.timers : []
        let cancelledTimers = completion == nil ? self.cancelledTimers : []
        let concernsOthers = self.concernsOthers
        guard concernsOthers || !activities.isEmpty || !timers.isEmpty || !cancelledTimers.isEmpty else { return list }
        list.append(RedisArgument(activities.count))
        for activity in activities {
            list.append(RedisArgument(activity.scheduled.command.number))
            list.append(activity.isEager ? "w" : "q")
            list.append(RedisArgument((activity.scheduled.queue ?? queue).rawValue))
            list.append(RedisArgument(EventBody.activityScheduled(activity.scheduled).encoded))
        }
        guard concernsOthers || !timers.isEmpty || !cancelledTimers.isEmpty else { return list }
        list.append(RedisArgument(timers.count))
        for timer in timers {
            list.append(RedisArgument(timer.command.number))
            list.append(RedisArgument(timer.due.milliseconds))
            list.append(RedisArgument(EventBody.timerFired(timer.command).encoded))
        }
        list.append(RedisArgument(cancelledTimers.count))
        for command in cancelledTimers { list.append(RedisArgument(command.number)) }
        return list
    }
}
