public import AloftCore
import Logging
import RedisClient
import Synchronization

extension RedisStore {
    public func nextWorkflowTasks(
        for registration: WorkerRegistration,
        limit: Int
    ) async throws(StoreError) -> [WorkflowTask] {
        let poller = try pollers(for: registration).workflows
        var tasks: [WorkflowTask] = []
        for message in try await messages(from: poller, registration, limit: limit) {
            if let task = message.workflowTask {
                tasks.append(task)
            } else {
                await discard(message, from: poller)
            }
        }
        return tasks
    }

    public func nextActivityTasks(
        for registration: WorkerRegistration,
        limit: Int
    ) async throws(StoreError) -> [ActivityTask] {
        let poller = try pollers(for: registration).activities
        var tasks: [ActivityTask] = []
        for message in try await messages(from: poller, registration, limit: limit) {
            if let task = await activityTask(message, registration.worker) {
                tasks.append(task)
            } else {
                await discard(message, from: poller)
            }
        }
        return tasks
    }

    public func handBackUnseen(_ registration: WorkerRegistration) async throws(StoreError) {
        let worker = registration.worker
        guard let pollers = pollers.withLock({ $0[worker] }) else { return }
        var failure: StoreError?
        for message in try await unseen(pollers.workflows) {
            guard let task = message.workflowTask else {
                await discard(message, from: pollers.workflows)
                continue
            }
            do throws(StoreError) {
                try await postpone(task, by: worker, delay: .zero, problem: nil, unknown: nil)
            } catch {
                // It goes back with the rest when the worker leaves.
                failure = failure ?? error
            }
        }
        for message in try await unseen(pollers.activities) {
            guard let task = await activityTask(message, worker) else {
                await discard(message, from: pollers.activities)
                continue
            }
            do throws(StoreError) {
                try await handBack(task, by: worker, delay: .zero, unknown: nil)
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    private func unseen(_ poller: TaskPoller) async throws(StoreError) -> [StreamMessage] {
        do {
            return try await poller.takeUnseen()
        } catch {
            throw StoreError(error, while: "handing back what was not seen")
        }
    }

    private func activityTask(_ message: StreamMessage, _ worker: WorkerID) async -> ActivityTask? {
        let stream = message.receipt.place
        guard let queue = partitions.keyspace(ofStream: stream)?.activityQueue(ofStream: stream) else { return nil }
        do {
            return try message.activityTask(queue: queue)
        } catch {
            // Perhaps a newer program wrote it: one of its kind will come by.
            logger.error("an activity cannot be read and waits for another worker", metadata: ["error": "\(error)"])
            await leaveToOthers(message, worker, queue)
            return nil
        }
    }

    private func leaveToOthers(_ message: StreamMessage, _ worker: WorkerID, _ queue: TaskQueue) async {
        guard let instance = message.text("i"), let execution = message.text("x"), let command = message.int("c") else {
            return
        }
        let task = ActivityTask(
            instance: InstanceID(instance),
            execution: ExecutionID(execution),
            scheduled: .init(command: CommandID(command), name: "?", queue: queue, input: .none, retry: .none),
            queue: queue,
            lease: ActivityLease(attempt: message.int("a") ?? 0, delivery: message.int("n") ?? 0),
            receipt: message.receipt
        )
        do throws(StoreError) {
            try await handBack(task, by: worker, delay: .seconds(5))
        } catch {
            logger.error("it stays with this worker until it is missed", metadata: ["error": "\(error)"])
        }
        release(message.receipt, by: worker)
    }

    /// Acknowledges and deletes an entry that nobody can use.
    private func discard(_ message: StreamMessage, from poller: TaskPoller) async {
        let receipt = message.receipt
        guard poller.release(receipt) else { return }
        logger.debug("an entry is put away that nobody can use", metadata: ["entry": "\(receipt.entry)"])
        let place = RedisArgument(receipt.place)
        let entry = RedisArgument(receipt.entry)
        _ = try? await redis.pipeline([RedisCommand("XACK", place, "g", entry), RedisCommand("XDEL", place, entry)])
    }

    private func messages(
        from poller: TaskPoller,
        _ registration: WorkerRegistration,
        limit: Int
    ) async throws(StoreError) -> [StreamMessage] {
        var pause = RetryPause(limit: configuration.pollDuration)
        // What is beyond the wait is the way there and back: a half-open connection must not keep a worker deaf for long.
        let patience = min(.seconds(5), configuration.redis.commandTimeout)
        var isHealed = false
        while true {
            do {
                return try await poller.next(limit: limit, wait: configuration.pollDuration, patience: patience)
            } catch {
                var failure = StoreError(error, while: "waiting for tasks")
                // Whatever was handed out is found again by the next read.
                if failure.code == .outcomeUnknown { failure.code = .unavailable }
                switch (error as? RedisError)?.serverCode {
                case "NOGROUP", "UNBLOCKED":
                    // The streams are gone, or the server changed its role.
                    if failure.isPassing { poller.reconnect() }
                    try await heal(registration)
                    isHealed = true
                case "READONLY", "MASTERDOWN": poller.reconnect()
                default:
                    guard failure.isPassing else {
                        throw await named(failure, keys: poller.keys.map { RedisArgument($0) }, "waiting for tasks")
                    }
                }
                guard await pause.wait() else {
                    guard isHealed, !Task.isCancelled else { throw failure }
                    return []
                }
            }
        }
    }

    /// Makes the streams and groups of a worker again, if it is still one.
    private func heal(_ registration: WorkerRegistration) async throws(StoreError) {
        let wasLost = await reportLossOfEverything()
        try await checkNamespace()
        guard try await beat(registration, .heal) else {
            await closePollers(of: registration.worker)
            throw .leaseLost(registration.worker)
        }
        if wasLost { await reportLosses() }
        // With a stream its entries are lost.
        try await hastenAudit()
    }
}

extension StoreError {
    static func leaseLost(_ worker: WorkerID) -> StoreError {
        StoreError(.leaseLost, "worker \(worker) is not registered, or was silent for longer than its lease")
    }
}
