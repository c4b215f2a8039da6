internal import AloftCore

// What operators see and do beyond lists and queues.
extension MemoryState {
    func recentlyFinished(_ statuses: Set<InstanceStatus>, limit: Int) -> [InstanceState] {
        let found = instances.values.filter { $0.isFinished && statuses.contains($0.state.status) }
            .sorted { ($0.expiry?.moment ?? now, $0.number) > ($1.expiry?.moment ?? now, $1.number) }
        return found.prefix(max(0, limit)).map(\.state)
    }

    mutating func retryNow(_ command: CommandID, of id: InstanceID) throws(StoreError) -> Bool {
        var instance = try existing(id)
        guard !instance.isFinished else { throw .finished(instance.state) }
        guard case .waiting(let key) = instance.activities[command]?.position else { return false }
        due.remove(key)
        queueActivity(command, of: &instance)
        instances[id] = instance
        return true
    }

    var workerStates: [WorkerState] {
        workers.values.filter { !$0.isDead && now - $0.lastBeat <= limits.leaseDuration }
            .sorted { $0.number < $1.number }
            .map { worker in
                let held = work(of: worker.registration.worker)
                return WorkerState(
                    registration: worker.registration,
                    since: worker.since,
                    lastBeat: worker.lastBeat,
                    instances: held.instances.count,
                    tasks: held.tasks.count
                )
            }
    }

    func work(of worker: WorkerID, limit: Int) -> [HeldWork] {
        let held = work(of: worker)
        let all = held.tasks + held.instances.map { HeldWork(instance: $0) }.filter { !held.tasks.contains($0) }
        return Array(all.prefix(max(0, limit)))
    }

    private func work(of worker: WorkerID) -> (instances: [InstanceID], tasks: [HeldWork]) {
        var held: (instances: [InstanceID], tasks: [HeldWork]) = ([], [])
        for instance in instances.values.sorted(by: { $0.number < $1.number }) {
            let id = instance.state.instance
            if case .held(worker) = instance.task?.position { held.tasks.append(HeldWork(instance: id)) }
            var isListed = instance.state.owner == worker
            for (command, activity) in instance.activities.sorted(by: { $0.key < $1.key }) {
                guard case .leased(worker, let receipt) = activity.position else { continue }
                if receipt == nil {
                    isListed = true
                } else {
                    held.tasks.append(HeldWork(instance: id, command: command))
                }
            }
            if isListed { held.instances.append(id) }
        }
        return held
    }
}
