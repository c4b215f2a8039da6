internal import AloftCore

extension MemoryState {
    mutating func tick() -> TickReport {
        var report = TickReport(now: now)
        takeOverFromDeadWorkers(&report)
        var carriedOut = 0
        while carriedOut < limits.batch, let (item, moment) = due.popFirst(upTo: now) {
            carriedOut += 1
            fire(item)
            guard !item.onlyForgets else { continue }
            report.fired += 1
            report.lateness = max(report.lateness ?? .zero, now - moment)
        }
        forgetUnknownNames()
        report.nextDue = due.first?.moment
        if let first = due.first, first.moment <= now { report.isMoreDue = true }
        return report
    }

    private mutating func fire(_ item: DueList.Item) {
        switch item {
        case .timer(let id, let command):
            edit(id) { state, instance in
                instance.timers[command] = nil
                state.accept(.timerFired(command), into: &instance)
            }
        case .activity(let id, let command):
            edit(id) { state, instance in state.queueActivity(command, of: &instance) }
        case .task(let id):
            edit(id) { state, instance in
                guard instance.state.startsAt == nil else { return state.begin(&instance) }
                let place = QueuePlace.workflow(instance.state.queue)
                state.queueTask(of: &instance, in: place, crashes: instance.task?.crashes ?? 0)
            }
        case .expiry(let id): forget(id)
        case .pastExpiry(let id, let execution): edit(id) { $1.past[execution] = nil }
        case .deadline(let id): end(id, with: .timedOut(.executionTimeout(id)))
        }
    }

    /// Changes one instance in place, if it is there.
    mutating func edit(_ id: InstanceID, _ change: (inout MemoryState, inout MemoryInstance) -> Void) {
        guard var instance = instances.removeValue(forKey: id) else { return }
        change(&self, &instance)
        instances[id] = instance
    }
}
