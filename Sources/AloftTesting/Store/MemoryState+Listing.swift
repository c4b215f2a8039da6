internal import AloftCore

extension MemoryState {
    func instances(matching filter: InstanceFilter, after cursor: InstanceCursor?, limit: Int) -> InstancePage {
        let matching = instances.values.map(\.state)
            .filter { state in filter.matches(state) && (cursor.map { $0.isBefore(state.cursor) } ?? true) }
            .sorted { $0.cursor.isBefore($1.cursor) }
        let page = matching.prefix(max(1, limit)).map { state in
            var state = state
            state.backtrace = nil
            return state
        }
        return InstancePage(instances: page, next: page.count < matching.count ? page.last?.cursor : nil)
    }

    var instanceCounts: [InstanceStatus: Int] {
        instances.values.reduce(into: [:]) { $0[$1.state.status, default: 0] += 1 }
    }

    var queueStates: [QueueState] {
        var states: [TaskQueue: QueueState] = [:]
        for (place, entries) in queues.queues {
            switch place {
            case .workflow(let queue):
                states[queue, default: QueueState(queue: queue)].workflowTasks = entries.count
                states[queue]?.oldestWorkflowTask = entries.first?.since
            case .activity(let queue):
                states[queue, default: QueueState(queue: queue)].activityTasks = entries.count
                states[queue]?.oldestActivityTask = entries.first?.since
            // These have an owner, who is about to take them.
            case .worker: break
            }
        }
        for worker in workers.values where !worker.isDead {
            for queue in worker.registration.queues { states[queue, default: QueueState(queue: queue)].workers += 1 }
        }
        return states.values.sorted { $0.queue < $1.queue }
    }

    func pendingActivities(
        of id: InstanceID,
        after command: CommandID?,
        limit: Int
    ) throws(StoreError) -> PendingActivityPage {
        let all = try existing(id).activities.values.map(\.pending).sorted { $0.command < $1.command }
        let rest = all.drop { activity in command.map { activity.command <= $0 } ?? false }
        let page = Array(rest.prefix(max(1, limit)))
        let next = page.count < rest.count ? page.last?.command : nil
        return PendingActivityPage(activities: page, total: all.count, next: next)
    }

    mutating func removeFinished(_ statuses: Set<InstanceStatus>, before moment: Timestamp, limit: Int) -> Removal {
        let found = instances.values
            .filter { instance in
                guard let finishedAt = instance.state.finishedAt, finishedAt < moment else { return false }
                return statuses.isEmpty || statuses.contains(instance.state.status)
            }
            .sorted { ($0.state.finishedAt ?? now, $0.number) < ($1.state.finishedAt ?? now, $1.number) }
            .map(\.state.instance)
        let removed = found.prefix(max(0, limit))
        for id in removed { forget(id) }
        return Removal(removed: removed.count, isMoreToRemove: removed.count < found.count)
    }
}

extension InstanceState {
    fileprivate var cursor: InstanceCursor { InstanceCursor(createdAt: createdAt, instance: instance) }
}

extension InstanceCursor {
    /// Whether a list, newest first, has this place before the other.
    fileprivate func isBefore(_ other: InstanceCursor) -> Bool {
        (createdAt, instance) > (other.createdAt, other.instance)
    }
}

extension ActivityInFlight {
    fileprivate var pending: PendingActivity {
        let place: PendingActivity.Position =
            switch position {
            // A store may not know who took it from its queue.
            case .queued, .leased(_, .some): .queued
            case .leased(let worker, nil): .running(worker)
            case .waiting(let key): .retrying(at: key.moment)
            }
        return PendingActivity(
            command: scheduled.command,
            name: scheduled.name,
            queue: queue,
            attempt: lease.attempt,
            position: place,
            lastFailure: lastFailure
        )
    }
}
