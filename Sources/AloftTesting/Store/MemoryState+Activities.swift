internal import AloftCore

extension MemoryState {
    mutating func schedule(
        _ activity: Transition.NewActivity,
        for instance: inout MemoryInstance,
        by worker: WorkerID
    ) {
        let scheduled = activity.scheduled
        if let old = instance.activities[scheduled.command] { unqueue(old) }
        instance.activities[scheduled.command] = ActivityInFlight(
            scheduled: scheduled,
            queue: scheduled.queue ?? instance.state.queue,
            position: .leased(worker, nil)
        )
        if !activity.isEager { queueActivity(scheduled.command, of: &instance) }
    }

    mutating func takeActivityTasks(
        for registration: WorkerRegistration,
        limit: Int
    ) throws(StoreError) -> [ActivityTask] {
        try requireAlive(registration.worker)
        let places = registration.activityQueues.map(QueuePlace.activity)
        var tasks: [ActivityTask] = []
        while tasks.count < limit, let (place, entry) = queues.popOldest(of: places) {
            let receipt = TaskReceipt(place: place.description, entry: String(entry.number))
            guard let command = entry.command, let instance = instances[entry.instance],
                let activity = instance.activities[command]
            else { continue }
            instances[entry.instance]?.activities[command]?.position = .leased(registration.worker, receipt)
            tasks.append(
                ActivityTask(
                    instance: entry.instance,
                    execution: instance.state.execution,
                    scheduled: activity.scheduled,
                    queue: activity.queue,
                    lease: activity.lease,
                    receipt: receipt,
                    queuedAt: entry.since
                )
            )
        }
        return tasks
    }

    mutating func finish(
        _ task: ActivityTask,
        by worker: WorkerID,
        outcome: ActivityOutcome
    ) throws(StoreError) -> Bool {
        guard var instance = instances.removeValue(forKey: task.instance) else { return false }
        defer { instances[task.instance] = instance }
        guard isRunning(task, of: instance, by: worker) else { return false }
        let command = task.scheduled.command
        switch outcome {
        case .completed(let payload): try conclude(command, of: &instance, with: .activityCompleted(command, payload))
        case .failed(let failure): try conclude(command, of: &instance, with: .activityFailed(command, failure))
        case .retry(let delay, let failure):
            instance.activities[command]?.lastFailure = failure
            instance.activities[command]?.lease = ActivityLease(attempt: task.lease.attempt + 1)
            putBack(command, of: &instance, after: delay)
        }
        return true
    }

    mutating func handBack(_ task: ActivityTask, by worker: WorkerID, delay: Duration, unknown: UnknownType?) {
        edit(task.instance) { state, instance in
            guard state.isRunning(task, of: instance, by: worker) else { return }
            let command = task.scheduled.command
            if let unknown, let queue = instance.activities[command]?.queue {
                let name = UnknownName(kind: .activity, queue: queue, name: task.scheduled.name)
                switch state.meet(name, delay: delay, limit: unknown.limit) {
                case .known: if instance.state.problem == name.problem { instance.state.problem = nil }
                case .waits(let problem): if !instance.state.isQuarantined { instance.state.problem = problem }
                case .fails(let failure):
                    instance.activities[command] = nil
                    return state.accept(.activityFailed(command, failure), into: &instance)
                }
            }
            state.putBack(command, of: &instance, after: delay)
        }
    }

    /// Removes the activity and tells the workflow how it ended.
    private mutating func conclude(
        _ command: CommandID,
        of instance: inout MemoryInstance,
        with event: EventBody
    ) throws(StoreError) {
        try check(event, of: instance.state.instance)
        instance.activities[command] = nil
        accept(event, into: &instance)
    }

    private mutating func putBack(_ command: CommandID, of instance: inout MemoryInstance, after delay: Duration) {
        if delay > .zero {
            let key = due.add(.activity(instance.state.instance, command), at: now + delay)
            instance.activities[command]?.position = .waiting(key)
        } else {
            queueActivity(command, of: &instance)
        }
    }

    mutating func queueActivity(_ command: CommandID, of instance: inout MemoryInstance) {
        guard let queue = instance.activities[command]?.queue else { return }
        let entry = nextNumber()
        instance.activities[command]?.position = .queued(entry: entry)
        let place = QueuePlace.activity(queue)
        queues.append(
            QueueList.Entry(number: entry, since: now, instance: instance.state.instance, command: command),
            to: place
        )
        wake(.queued(place))
    }

    /// Takes the activity away from wherever it waits.
    mutating func unqueue(_ activity: ActivityInFlight) {
        switch activity.position {
        case .queued(let entry): queues.remove(entry, from: .activity(activity.queue))
        case .waiting(let key): due.remove(key)
        case .leased: break
        }
    }

    private func isRunning(_ task: ActivityTask, of instance: MemoryInstance, by worker: WorkerID) -> Bool {
        guard isAlive(worker), instance.state.execution == task.execution else { return false }
        return instance.activities[task.scheduled.command]?
            .isRun(by: worker, lease: task.lease, receipt: task.receipt) ?? false
    }
}

extension ActivityInFlight {
    func isRun(by worker: WorkerID, lease: ActivityLease, receipt: TaskReceipt?) -> Bool {
        position == .leased(worker, receipt) && self.lease == lease
    }
}
