internal import AloftCore

extension MemoryState {
    mutating func deliver(
        _ input: EventBody,
        to id: InstanceID,
        execution: ExecutionID?,
        delivery: String?
    ) throws(StoreError) {
        guard var instance = instances.removeValue(forKey: id) else { throw .notFound(id) }
        defer { instances[id] = instance }
        if let execution, execution != instance.state.execution { throw .noExecution(execution, of: id) }
        if let delivery, instance.deliveries.contains(delivery) { return }
        guard !instance.isFinished else { throw .finished(instance.state) }
        try check(input, of: id)
        guard instance.inbox.count < limits.inboxLength else {
            throw StoreError(.inboxFull, "instance \"\(id)\" has \(limits.inboxLength) inputs waiting")
        }
        if let delivery { instance.deliveries.insert(delivery, at: now) }
        accept(input, into: &instance)
    }

    func history(
        of id: InstanceID,
        execution: ExecutionID?,
        after number: Int,
        limit: Int
    ) throws(StoreError) -> [Event] {
        let history = try history(of: try existing(id), execution)
        let start = min(max(0, number), history.count)
        return Array(history[start...].prefix(max(1, limit)))
    }

    private func history(of instance: MemoryInstance, _ execution: ExecutionID?) throws(StoreError) -> [Event] {
        guard let execution, execution != instance.state.execution else { return instance.history }
        guard let past = instance.past[execution] else { throw .noExecution(execution, of: instance.state.instance) }
        return past.history
    }

    mutating func liftQuarantine(of released: [InstanceID]) -> Int {
        var count = 0
        for id in released {
            edit(id) { state, instance in
                guard instance.state.isQuarantined else { return }
                instance.state.isQuarantined = false
                instance.state.problem = nil
                instance.state.backtrace = nil
                state.queueTask(of: &instance, in: .workflow(instance.state.queue), crashes: 0)
                count += 1
            }
        }
        return count
    }

    mutating func remove(_ id: InstanceID) throws(StoreError) {
        guard try existing(id).isFinished else {
            throw StoreError(.instanceOpen, "instance \"\(id)\" is open; only finished instances can be removed")
        }
        forget(id)
    }

    /// Drops a finished instance: its state, its histories, and the ends of their retention.
    mutating func forget(_ id: InstanceID) {
        guard let instance = instances.removeValue(forKey: id) else { return }
        for past in instance.past.values { due.remove(past.expiry) }
        if let expiry = instance.expiry { due.remove(expiry) }
        wake(.removed(id))
    }
}
