internal import AloftCore
internal import DequeModule

extension MemoryState {
    /// Puts an input into the inbox; an instance that has no task gets one.
    mutating func accept(_ input: EventBody, into instance: inout MemoryInstance) {
        if input.isCancelRequest { prepareToCancel(&instance) }
        instance.inbox.append(DeliveredInput(timestamp: now, body: input))
        if instance.task == nil { queueTask(of: &instance, crashes: 0, carriesInputs: true) }
    }

    /// A request to cancel does not wait for the moment of a delayed start. And the code is to see it before it runs: if
    /// nothing is recorded yet, whoever holds the first task loses it, unless there was such a request before.
    private mutating func prepareToCancel(_ instance: inout MemoryInstance) {
        begin(&instance)
        guard instance.history.isEmpty, let task = instance.task, case .held = task.position,
            !instance.inbox.contains(where: \.body.isCancelRequest)
        else { return }
        queueTask(of: &instance, in: .workflow(instance.state.queue), crashes: task.crashes)
    }

    /// Begins an instance whose start was delayed: it has its task now, and the time of its code begins now.
    mutating func begin(_ instance: inout MemoryInstance) {
        guard instance.state.startsAt != nil, !instance.inbox.isEmpty else { return }
        instance.state.startsAt = nil
        instance.inbox[0].timestamp = now
        dropTask(of: &instance)
        queueTask(of: &instance, crashes: 0, carriesInputs: true)
    }

    /// Queues the task of an instance under a new entry: for its owner while that one lives, otherwise for anyone.
    mutating func queueTask(of instance: inout MemoryInstance, crashes: Int, carriesInputs: Bool = false) {
        var place = QueuePlace.workflow(instance.state.queue)
        if let owner = instance.state.owner, isAlive(owner) { place = .worker(owner) }
        queueTask(of: &instance, in: place, crashes: crashes, carriesInputs: carriesInputs)
    }

    mutating func queueTask(
        of instance: inout MemoryInstance,
        in place: QueuePlace,
        crashes: Int,
        carriesInputs: Bool = false
    ) {
        let entry = nextNumber()
        instance.task = MemoryTask(entry: entry, crashes: crashes, position: .queued(place))
        queues.append(
            QueueList.Entry(
                number: entry,
                since: now,
                instance: instance.state.instance,
                carriesInputs: carriesInputs
            ),
            to: place
        )
        wake(.queued(place))
    }

    /// Takes the task away from wherever it is.
    mutating func dropTask(of instance: inout MemoryInstance) {
        switch instance.task?.position {
        case .queued(let place): queues.remove(instance.task?.entry ?? 0, from: place)
        case .postponed(let key): due.remove(key)
        case .held, .quarantined, nil: break
        }
        instance.task = nil
    }

    mutating func takeWorkflowTasks(
        for registration: WorkerRegistration,
        limit: Int
    ) throws(StoreError) -> [WorkflowTask] {
        try requireAlive(registration.worker)
        let places = [.worker(registration.worker)] + registration.workflowQueues.map(QueuePlace.workflow)
        var tasks: [WorkflowTask] = []
        while tasks.count < limit, let (place, entry) = queues.popOldest(of: places) {
            instances[entry.instance]?.task?.position = .held(registration.worker)
            guard let instance = instances[entry.instance] else { continue }
            tasks.append(
                WorkflowTask(
                    instance: entry.instance,
                    execution: instance.state.execution,
                    receipt: TaskReceipt(place: place.description, entry: String(entry.number)),
                    inputs: entry.carriesInputs ? Array(instance.inbox.prefix(limits.inputs)) : [],
                    queuedAt: entry.since
                )
            )
        }
        return tasks
    }

    func load(_ task: WorkflowTask) -> LoadedExecution? {
        guard let instance = instances[task.instance], instance.state.execution == task.execution,
            case .held = instance.task?.position, instance.isCurrent(task.receipt)
        else { return nil }
        return LoadedExecution(
            state: instance.state,
            history: instance.history,
            inbox: Array(instance.inbox.prefix(limits.inputs))
        )
    }

    mutating func postpone(
        _ task: WorkflowTask,
        by worker: WorkerID,
        delay: Duration,
        problem: String?,
        unknown: UnknownType?
    ) {
        guard let state = instances[task.instance]?.held(task, by: worker) else { return }
        var problem = problem
        if let unknown {
            let name = UnknownName(kind: .workflow, queue: state.queue, name: state.workflow)
            switch meet(name, delay: delay, limit: unknown.limit) {
            case .known: break
            case .waits(let text): problem = text
            case .fails(let failure): return end(task.instance, with: .failed(failure))
            }
        }
        edit(task.instance) { state, instance in
            if let problem { instance.state.problem = problem }
            if delay > .zero {
                instance.task?.position = .postponed(state.due.add(.task(task.instance), at: state.now + delay))
            } else {
                let place = QueuePlace.workflow(instance.state.queue)
                state.queueTask(of: &instance, in: place, crashes: instance.task?.crashes ?? 0)
            }
        }
    }

    mutating func release(_ released: [InstanceID], by worker: WorkerID) {
        for id in released {
            guard var instance = instances.removeValue(forKey: id) else { continue }
            defer { instances[id] = instance }
            if instance.state.owner == worker { instance.state.owner = nil }
            disown(&instance, by: worker)
        }
    }

    /// Moves a task that waits for a worker alone to where any worker of the instance's queue finds it.
    mutating func disown(_ instance: inout MemoryInstance, by worker: WorkerID) {
        guard let task = instance.task, task.position == .queued(.worker(worker)) else { return }
        queues.remove(task.entry, from: .worker(worker))
        queueTask(of: &instance, in: .workflow(instance.state.queue), crashes: task.crashes)
    }

    func requireAlive(_ worker: WorkerID) throws(StoreError) {
        guard isAlive(worker) else {
            throw StoreError(
                .leaseLost,
                "worker \(worker) is not registered, or was silent for longer than \(limits.leaseDuration)"
            )
        }
    }
}

extension MemoryInstance {
    /// The state of an instance whose present task the worker has in hand.
    func held(_ task: WorkflowTask, by worker: WorkerID) -> InstanceState? {
        guard state.execution == task.execution, isCurrent(task.receipt), self.task?.position == .held(worker)
        else { return nil }
        return state
    }

    /// Whether the receipt is of the present delivery of the workflow task.
    func isCurrent(_ receipt: TaskReceipt) -> Bool {
        task.map { String($0.entry) == receipt.entry } ?? false
    }
}

extension EventBody {
    fileprivate var isCancelRequest: Bool {
        if case .cancelRequested = self { true } else { false }
    }
}
