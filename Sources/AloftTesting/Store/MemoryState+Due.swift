internal import AloftCore

extension MemoryState {
    mutating func tick() -> TickReport {
        var report = TickReport(now: now)
        takeOverFromDeadWorkers(&report)
        var carriedOut = 0
        while carriedOut < limits.batch, let item = due.popFirst(upTo: now) {
            carriedOut += 1
            fire(item)
            if case .expiry = item { continue }
            report.fired += 1
        }
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
                let place = QueuePlace.workflow(instance.state.queue)
                state.queueTask(of: &instance, in: place, crashes: instance.task?.crashes ?? 0)
            }
        case .expiry(let id): forget(id)
        }
    }

    /// Changes one instance in place, if it is there.
    mutating func edit(_ id: InstanceID, _ change: (inout MemoryState, inout MemoryInstance) -> Void) {
        guard var instance = instances.removeValue(forKey: id) else { return }
        change(&self, &instance)
        instances[id] = instance
    }
}
