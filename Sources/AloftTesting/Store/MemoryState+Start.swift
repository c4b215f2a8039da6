internal import AloftCore

extension MemoryState {
    mutating func start(_ start: InstanceStart) throws(StoreError) -> StartOutcome {
        // A start that is repeated is answered before anything else, whatever has become of its instance.
        if instances[start.instance]?.isStarted(by: start.execution) == true { return .started }
        try check(start)
        if let present = instances[start.instance] {
            guard start.replaces(present.state.status) else {
                try deliverSignal(of: start, to: present)
                return .exists(present.state)
            }
            vacate(start.instance)
        }
        var instance = newInstance(start)
        // A moment that has passed is none.
        if let moment = start.moment.timestamp(now), moment > now { delay(&instance, until: moment) }
        if let signal = start.signal {
            if let id = signal.id { instance.deliveries.insert(id, at: now) }
            accept(signal.event, into: &instance)
        }
        instances[start.instance] = instance
        return .started
    }

    /// An instance that begins now, with a deadline that counts from when it is to begin.
    mutating func newInstance(_ start: InstanceStart, parent: ParentLink? = nil) -> MemoryInstance {
        var started = start.started
        started.parent = parent
        let state = InstanceState(
            instance: start.instance,
            execution: start.execution,
            workflow: start.workflow,
            queue: start.queue,
            status: .running,
            historyLength: 0,
            createdAt: now,
            parent: parent,
            memo: start.memo
        )
        var instance = MemoryInstance(
            number: nextNumber(),
            firstExecution: start.execution,
            state: state,
            retention: start.retention ?? limits.retention
        )
        if let timeout = start.executionTimeout {
            let deadline = max(start.moment.timestamp(now) ?? now, now) + timeout
            instance.state.deadline = deadline
            instance.deadline = due.add(.deadline(start.instance), at: deadline)
        }
        accept(.started(started), into: &instance)
        return instance
    }

    /// Takes an instance away so that its id is free.
    mutating func vacate(_ id: InstanceID) {
        if instances[id]?.isFinished == false {
            end(id, with: .terminated(.terminated(Failure.replacedReason)))
        }
        forget(id)
    }

    /// Puts the task that a new instance has off until its moment.
    private mutating func delay(_ instance: inout MemoryInstance, until moment: Timestamp) {
        dropTask(of: &instance)
        let key = due.add(.task(instance.state.instance), at: moment)
        instance.task = MemoryTask(entry: nextNumber(), position: .postponed(key))
        instance.state.startsAt = moment
    }

    /// Only an open instance that is used in place of a new one gets the signal that comes with a start.
    private mutating func deliverSignal(of start: InstanceStart, to present: MemoryInstance) throws(StoreError) {
        guard let signal = start.signal, !present.isFinished, start.conflictPolicy == .useExisting else { return }
        try deliver(signal.event, to: start.instance, execution: nil, delivery: signal.id)
    }
}

extension MemoryInstance {
    /// Whether this instance, or one of the executions it has gone on with, is what a start under this id would make.
    func isStarted(by execution: ExecutionID) -> Bool {
        firstExecution == execution || state.execution == execution
    }
}

extension StartMoment {
    fileprivate func timestamp(_ now: Timestamp) -> Timestamp? {
        switch self {
        case .now: nil
        case .after(let delay): now + delay
        case .at(let moment): moment
        }
    }
}

extension InstanceStart {
    /// Whether a new instance takes the place of one of this status.
    fileprivate func replaces(_ status: InstanceStatus) -> Bool {
        guard status.isFinished else { return conflictPolicy == .terminateExisting }
        return switch reusePolicy {
        case .allow: true
        case .allowIfFailed: status != .completed
        case .reject, .useExisting: false
        }
    }
}
