public import AloftCore

extension MemoryStore {
    public func beat(_ registration: WorkerRegistration, isFirst: Bool) async throws(StoreError) -> Bool {
        try registration.worker.validated()
        for queue in registration.queues { try queue.validated() }
        return try update { state throws(StoreError) in state.beat(registration, isFirst: isFirst) }
    }

    public var pollDuration: Duration { pollLimit }

    /// Beats three times per lease. User code shares the threads of this process with it: under a virtual clock there
    /// is nothing to starve.
    public func keepAlive(_ registration: WorkerRegistration, onBeat: @escaping @Sendable () -> Void) async {
        while !Task.isCancelled {
            guard (try? await beat(registration, isFirst: false)) == true else { return }
            onBeat()
            do {
                try await clock.sleep(for: leaseDuration / 3)
            } catch {
                return
            }
        }
    }

    public func nextWorkflowTasks(
        for registration: WorkerRegistration,
        limit: Int
    ) async throws(StoreError) -> [WorkflowTask] {
        let places = [.worker(registration.worker)] + registration.workflowQueues.map(QueuePlace.workflow)
        return try await poll(for: registration.worker, at: places) { state throws(StoreError) in
            try state.takeWorkflowTasks(for: registration, limit: limit)
        }
    }

    public func nextActivityTasks(
        for registration: WorkerRegistration,
        limit: Int
    ) async throws(StoreError) -> [ActivityTask] {
        let places = registration.activityQueues.map(QueuePlace.activity)
        return try await poll(for: registration.worker, at: places) { state throws(StoreError) in
            try state.takeActivityTasks(for: registration, limit: limit)
        }
    }

    public func load(_ task: WorkflowTask) async throws(StoreError) -> LoadedExecution? {
        try update { state throws(StoreError) in state.load(task) }
    }

    public func commit(_ transition: Transition) async throws(StoreError) -> CommitOutcome {
        try update { state throws(StoreError) in try state.commit(transition) }
    }

    public func postpone(
        _ task: WorkflowTask,
        by worker: WorkerID,
        delay: Duration,
        problem: String?,
        unknown: UnknownType?
    ) async throws(StoreError) {
        try update { state throws(StoreError) in
            state.postpone(task, by: worker, delay: delay, problem: problem, unknown: unknown)
        }
    }

    public func finish(
        _ task: ActivityTask,
        by worker: WorkerID,
        outcome: ActivityOutcome
    ) async throws(StoreError) -> Bool {
        try update { state throws(StoreError) in try state.finish(task, by: worker, outcome: outcome) }
    }

    public func handBack(
        _ task: ActivityTask,
        by worker: WorkerID,
        delay: Duration,
        unknown: UnknownType?
    ) async throws(StoreError) {
        try update { state throws(StoreError) in
            state.handBack(task, by: worker, delay: delay, unknown: unknown)
        }
    }

    public func setTrial(of suspect: Suspect, by worker: WorkerID, isOn: Bool) async throws(StoreError) {
        try update { state throws(StoreError) in try state.setTrial(of: suspect, by: worker, isOn: isOn) }
    }

    public func release(_ instances: [InstanceID], by worker: WorkerID) async throws(StoreError) {
        try update { state throws(StoreError) in state.release(instances, by: worker) }
    }

    public func tick(by worker: WorkerID) async throws(StoreError) -> TickReport {
        try update { state throws(StoreError) in state.tick() }
    }

    public func declareDead(_ workers: [WorkerID], lastWords: String?) async throws(StoreError) {
        for worker in workers { try worker.validated() }
        try update { state throws(StoreError) in
            let limit = min(LastWords.maximumBytes, state.limits.payloadBytes / 2)
            state.declareDead(workers, lastWords: lastWords.flatMap { LastWords($0, limit: limit) })
        }
    }

    public func leave(_ registration: WorkerRegistration) async throws(StoreError) {
        try update { state throws(StoreError) in state.leave(registration.worker) }
    }
}
