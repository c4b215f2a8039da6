internal import AloftCore

extension MemoryState {
    mutating func start(_ start: InstanceStart) throws(StoreError) -> StartOutcome {
        if let present = instances[start.instance] {
            return present.state.execution == start.execution ? .started : .exists(present.state)
        }
        try check(start.event, of: start.instance)
        let state = InstanceState(
            instance: start.instance,
            execution: start.execution,
            workflow: start.workflow,
            queue: start.queue,
            status: .running,
            historyLength: 0,
            createdAt: now
        )
        var instance = MemoryInstance(
            number: nextNumber(),
            state: state,
            retention: start.retention ?? limits.retention
        )
        accept(start.event, into: &instance)
        instances[start.instance] = instance
        return .started
    }

    mutating func deliver(
        _ input: EventBody,
        to id: InstanceID,
        execution: ExecutionID?,
        delivery: String?
    ) throws(StoreError) {
        guard var instance = instances.removeValue(forKey: id) else { throw .notFound(id) }
        defer { instances[id] = instance }
        if let execution, execution != instance.state.execution {
            throw StoreError(.instanceNotFound, "instance \"\(id)\" has no execution \(execution) any more")
        }
        if let delivery, instance.deliveries.contains(delivery) { return }
        guard !instance.isFinished else {
            throw StoreError(
                .instanceFinished,
                "instance \"\(id)\" is \(instance.state.status) and takes no more inputs"
            )
        }
        try check(input, of: id)
        guard instance.inbox.count < limits.inboxLength else {
            throw StoreError(.inboxFull, "instance \"\(id)\" has \(limits.inboxLength) inputs waiting")
        }
        if let delivery { instance.deliveries.insert(delivery) }
        accept(input, into: &instance)
    }

    func history(of id: InstanceID, after number: Int, limit: Int) throws(StoreError) -> [Event] {
        let history = try existing(id).history
        let start = min(max(0, number), history.count)
        return Array(history[start...].prefix(max(1, limit)))
    }

    mutating func remove(_ id: InstanceID) throws(StoreError) {
        guard try existing(id).isFinished else {
            throw StoreError(.instanceOpen, "instance \"\(id)\" is open; only finished instances can be removed")
        }
        let expiry = due.entries.first { $0.item == .expiry(id) }
        if let expiry { due.remove(expiry.key) }
        forget(id)
    }

    /// Drops an instance of which only state and history are left.
    mutating func forget(_ id: InstanceID) {
        instances[id] = nil
        wake(.removed(id))
    }
}
