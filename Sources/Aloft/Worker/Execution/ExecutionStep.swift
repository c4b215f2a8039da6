internal import AloftCore
internal import AloftMetrics
internal import Logging

/// What is to be done in one go for an instance.
struct ExecutionStep {
    var resident: Execution?
    var task: WorkflowTask?
    var outcomes: [(task: ActivityTask, outcome: ActivityOutcome)] = []
}

// One step of an instance: from its inputs to committed decisions.
extension ExecutionDriver {
    private enum Progress {
        /// Everything is committed; the execution goes on.
        case waiting
        /// Everything is committed, and it was the last.
        case finished
        /// The store refused: somebody else has moved the instance, or this worker lost its lease.
        case conflict
        /// The code could not be run; nothing was committed.
        case failed(TaskFailure)
        /// The store could not be asked, or will not take it.
        case broken(StoreError)
    }

    /// - Returns: The execution, if it is to stay in memory.
    func advance(_ step: ExecutionStep) async -> Execution? {
        let step = await withoutStrangers(step)
        guard let execution = step.resident else {
            for item in step.outcomes { await finish(item.task, item.outcome) }
            guard let task = step.task else { return nil }
            return await rebuild(task)
        }
        // Nothing of it was for this execution.
        guard step.task != nil || !step.outcomes.isEmpty else { return keep(execution) }
        switch await transact(execution, step) {
        case .waiting: return keep(execution)
        case .finished:
            unload(execution, nil)
            return nil
        case .conflict:
            unload(execution, .conflict)
            // What this worker believed is outdated. Outcomes may still be wanted, and the task may still be held: the store
            // knows.
            var task = step.task
            // How long it has waited is measured already.
            task?.queuedAt = nil
            return await advance(ExecutionStep(task: task, outcomes: step.outcomes))
        case .failed(let failure):
            unload(execution, .problem)
            for item in step.outcomes { await finish(item.task, item.outcome) }
            if let task = step.task { await postpone(task, problem: failure.message) }
            return nil
        case .broken(let error):
            unload(execution, .problem)
            // A commit that is refused for good must not take the outcomes with it: nobody would ever deliver them again.
            for item in step.outcomes { await finish(item.task, item.outcome) }
            if let task = step.task {
                await postpone(task, problem: error.description, patience: error.code == .historyTooLong ? 12 : 1)
            }
            return nil
        }
    }

    /// Takes out what belongs to another execution of the instance than the resident one: it has continued as new, or a new
    /// one took its place. Command numbers of one mean nothing to the other.
    private func withoutStrangers(_ step: ExecutionStep) async -> ExecutionStep {
        guard let execution = step.resident else { return step }
        var step = step
        if let task = step.task, task.execution != execution.execution {
            unload(execution, .conflict)
            step.resident = nil
            return step
        }
        // A store that has lost writes may have taken back the activity whose outcome this is, and the code may have decided
        // otherwise since. The store knows.
        func isStrange(_ task: ActivityTask) -> Bool {
            task.execution != execution.execution
                || task.receipt == nil && execution.awaitsAnother(than: task.scheduled)
        }
        for item in step.outcomes where isStrange(item.task) { await finish(item.task, item.outcome) }
        step.outcomes.removeAll { isStrange($0.task) }
        return step
    }

    private func keep(_ execution: Execution) -> Execution? {
        guard environment.options.maximumResidents > 0 else {
            unload(execution, .full)
            return nil
        }
        return execution
    }

    /// Brings an execution into memory and moves it.
    ///
    /// - Parameter reloads: How often it may be loaded again after a conflict. More than one in a row says that the fence is
    ///   against this worker, which it will be told soon.
    private func rebuild(_ task: WorkflowTask, reloads: Int = 2) async -> Execution? {
        do {
            switch try await bring(task) {
            case .moved(let execution): return execution
            case .conflict(let read): return await reload(after: read, reloads: reloads)
            }
        } catch {
            let problem = (error as? StoreError)?.description ?? "\(error)"
            let isUnknown = (error as? TaskFailure)?.cause == .unknownWorkflow
            // A history at its limit is long to read, and only an operator can help.
            let patience = (error as? StoreError)?.code == .historyTooLong ? 12 : 1
            await postpone(task, problem: problem, isUnknown: isUnknown, patience: patience)
            return nil
        }
    }

    private enum Rebuilt {
        /// The execution, if it is to stay in memory.
        case moved(Execution?)
        /// Somebody else has moved the instance since the inputs of this task were read.
        case conflict(WorkflowTask)
    }

    private func bring(_ task: WorkflowTask) async throws -> Rebuilt {
        if case .started(let started)? = task.inputs.first?.body {
            // The first task of an execution brings all there is.
            return try await move(makeExecution(try blueprint(named: started.workflow), for: task), task)
        }
        let loaded: LoadedExecution?
        do throws(StoreError) {
            loaded = try await environment.persist("load an execution") { () throws(StoreError) in
                try await environment.store.load(task)
            }
        } catch {
            if error.code != .cancelled { environment.metrics?.met("\(error.code)") }
            throw error
        }
        guard let loaded else { return .moved(nil) }
        let crashes = loaded.state.crashes
        guard crashes > 0 else { return try await resume(loaded, task) }
        let suspect = Suspect(instance: task.instance, execution: task.execution)
        let trials = environment.workflowTrials
        let end: Result<Rebuilt, any Error>? = await trials.run(suspect, crashes: crashes, in: environment) {
            await self.tryOut(loaded, task)
        }
        guard let end else {
            await putBack(task)
            return .moved(nil)
        }
        return try end.get()
    }

    private func tryOut(_ loaded: LoadedExecution, _ task: WorkflowTask) async -> Result<Rebuilt, any Error> {
        do { return .success(try await resume(loaded, task)) } catch { return .failure(error) }
    }

    private func resume(_ loaded: LoadedExecution, _ task: WorkflowTask) async throws -> Rebuilt {
        let execution = makeExecution(try blueprint(named: loaded.state.workflow), for: task)
        var task = task
        task.inputs = loaded.inbox
        do {
            try environment.watchdog.watch(task.instance, task) { () throws(TaskFailure) in
                try execution.replay(loaded.history)
            }
            execution.blueprint.metrics?.replayed(loaded.history.count)
        } catch {
            execution.blueprint.metrics?.met(error)
            unload(execution, .problem)
            throw error
        }
        return try await move(execution, task)
    }

    private func move(_ execution: Execution, _ task: WorkflowTask) async throws -> Rebuilt {
        switch await transact(execution, ExecutionStep(resident: execution, task: task)) {
        case .waiting: return .moved(keep(execution))
        case .finished:
            unload(execution, nil)
            return .moved(nil)
        case .conflict:
            unload(execution, .conflict)
            return .conflict(task)
        case .failed(let failure):
            unload(execution, .problem)
            throw failure
        case .broken(let error):
            unload(execution, .problem)
            throw error
        }
    }

    /// A suspect whose turn did not come: others may have a place for it.
    private func putBack(_ task: WorkflowTask) async {
        let delay = environment.workflowTrials.isClosed ? .zero : environment.options.problemRetryInterval
        do throws(StoreError) {
            try await environment.persist("put a workflow task back") { () throws(StoreError) in
                try await environment.store.postpone(task, by: environment.worker, delay: delay, problem: nil)
            }
        } catch {
            environment.logger.error("could not put a workflow task back", metadata: [LogKey.error: "\(error)"])
            environment.insist(on: "put a workflow task back", after: error) { [environment] () throws(StoreError) in
                try await environment.store.postpone(task, by: environment.worker, delay: delay, problem: nil)
            }
        }
    }

    /// After a conflict over inputs that came with the task: the store may still hold it for this worker, with others.
    private func reload(after task: WorkflowTask, reloads: Int) async -> Execution? {
        guard !task.inputs.isEmpty, !environment.isOver else { return nil }
        let bare = WorkflowTask(instance: task.instance, execution: task.execution, receipt: task.receipt)
        guard reloads > 0 else {
            environment.metrics?.met("refused commits")
            await postpone(bare, problem: "the store refused every commit, though nobody else moved the instance")
            return nil
        }
        return await rebuild(bare, reloads: reloads - 1)
    }

    private func blueprint(named name: String) throws(TaskFailure) -> WorkflowBlueprint {
        if let blueprint = environment.registry.workflows[name] { return blueprint }
        environment.metrics?.met("\(TaskFailure.Cause.unknownWorkflow)")
        let known = environment.registry.workflows.keys.sorted().joined(separator: ", ")
        throw TaskFailure(
            .unknownWorkflow,
            "worker \(environment.worker) on \(environment.registration.host) does not know the workflow \(name); "
                + "it knows: \(known.isEmpty ? "none" : known)"
        )
    }

    /// - Parameters:
    ///   - isUnknown: Whether this worker does not know the workflow; others may.
    ///   - patience: How many times the usual interval to wait.
    private func postpone(
        _ task: WorkflowTask,
        problem: String,
        isUnknown: Bool = false,
        patience: Int = 1
    ) async {
        environment.logger.error(
            "a workflow task failed and will be tried again",
            metadata: [LogKey.instance: "\(task.instance)", LogKey.error: "\(problem)"]
        )
        let delay = environment.options.problemRetryInterval * patience
        let unknown = isUnknown ? UnknownType(limit: environment.options.unknownWorkflowLimit) : nil
        do throws(StoreError) {
            try await environment.persist("postpone a workflow task") { () throws(StoreError) in
                try await environment.store.postpone(
                    task,
                    by: environment.worker,
                    delay: delay,
                    problem: problem,
                    unknown: unknown
                )
            }
            environment.alarm.ring(for: environment.store.now + delay)
        } catch {
            environment.logger.error("could not postpone a workflow task", metadata: [LogKey.error: "\(error)"])
            environment.insist(on: "postpone a workflow task", after: error) { [environment] () throws(StoreError) in
                try await environment.store.postpone(
                    task,
                    by: environment.worker,
                    delay: delay,
                    problem: problem,
                    unknown: unknown
                )
            }
        }
    }

    /// Warns once when a history passes a fifth of what the store takes.
    private func warnOfLength(of execution: Execution, before: Int) {
        let limit = environment.store.limits.historyLength
        guard before < limit / 5, execution.historyLength >= limit / 5 else { return }
        environment.logger.warning(
            "the history of an instance is long; let its workflow continue as new before it reaches the limit",
            metadata: [
                LogKey.instance: "\(execution.instance)", LogKey.workflow: "\(execution.blueprint.name)",
                LogKey.historyLength: "\(execution.historyLength)", LogKey.limit: "\(limit)",
            ]
        )
    }

    // MARK: Feeding and committing

    private func transact(_ execution: Execution, _ step: ExecutionStep) async -> Progress {
        guard let metrics = execution.blueprint.metrics else { return await carryOut(step, on: execution) }
        let start = ContinuousClock.now
        defer { metrics.taskDuration.recordTime(since: start) }
        let now = environment.store.now
        let progress = await carryOut(step, on: execution)
        if let task = step.task { environment.metrics?.began(task, of: execution.queue, at: now) }
        switch progress {
        case .failed(let failure): metrics.met(failure)
        case .broken(let error) where error.code != .cancelled: metrics.met(error)
        default: break
        }
        return progress
    }

    private func carryOut(_ step: ExecutionStep, on execution: Execution) async -> Progress {
        var inputs: [DeliveredInput] = []
        var settled: [Transition.SettledActivity] = []
        // Outcomes whose inputs stand at the head of `inputs`.
        var outcomes: [(task: ActivityTask, outcome: ActivityOutcome)] = []
        let now = environment.store.now
        for (task, outcome) in step.outcomes {
            guard let body = outcome.event(for: task.scheduled.command) else { continue }
            inputs.append(DeliveredInput(timestamp: now, body: body))
            outcomes.append((task, outcome))
            settled.append(
                Transition.SettledActivity(
                    command: task.scheduled.command,
                    lease: task.lease,
                    receipt: task.receipt
                )
            )
        }
        inputs.append(contentsOf: step.task?.inputs ?? [])
        while true {
            let expected = execution.historyLength
            let decisions: Decisions
            do throws(TaskFailure) {
                decisions = try environment.watchdog.watch(execution.instance, step.task) { () throws(TaskFailure) in
                    try execution.apply(inputs)
                }
            } catch {
                return .failed(error)
            }
            let waits = execution.isFinished ? nil : execution.waitSummary
            // What came behind the end of the code stays where it is: the inbox of an instance that continues as new goes on.
            let fed = min(decisions.consumedInputs, settled.count)
            var transition = Transition(
                id: environment.nextTransitionID(),
                worker: environment.worker,
                instance: execution.instance,
                execution: execution.execution,
                expectedLength: expected,
                events: decisions.events,
                queue: execution.queue,
                receipt: step.task?.receipt,
                consumedInputs: decisions.consumedInputs - fed,
                settled: Array(settled.prefix(fed)),
                timers: decisions.timers,
                cancelledTimers: decisions.cancelledTimers,
                subWorkflows: decisions.subWorkflows,
                cancelledSubWorkflows: decisions.cancelledSubWorkflows,
                signals: decisions.signals,
                completion: decisions.completion,
                waits: waits == execution.toldWaits ? nil : waits,
                isResident: decisions.completion == nil && environment.options.maximumResidents > 0
            )
            let eager = lease(decisions.activities, in: &transition)
            switch await commit(transition) {
            case .success(.committed(let more)):
                execution.toldWaits = waits
                execution.flushSpans()
                environment.metrics?.committed(decisions, of: execution, environment.registry)
                for task in eager { activities.start(task, reportingTo: self) }
                warnOfLength(of: execution, before: expected)
                if let earliest = decisions.timers.map(\.due).min() { environment.alarm.ring(for: earliest) }
                if decisions.completion != nil {
                    // Nobody wants them any more; the store is told, so that it forgets their tasks.
                    for item in outcomes.dropFirst(fed) { await finish(item.task, item.outcome) }
                    return .finished
                }
                if more.isEmpty { return .waiting }
                inputs = more
                settled = []
                outcomes = []
            case .success(.conflict):
                environment.metrics?.conflicted()
                environment.activitySlots.give(eager.count)
                return .conflict
            case .failure(let error):
                environment.activitySlots.give(eager.count)
                return .broken(error)
            }
        }
    }

    /// Decides which of the new activities this worker runs itself, and takes slots for them.
    private func lease(
        _ scheduled: [EventBody.ActivityScheduled],
        in transition: inout Transition
    ) -> [ActivityTask] {
        // A completion ends activities that nobody awaited.
        guard transition.completion == nil else { return [] }
        var eager: [ActivityTask] = []
        for activity in scheduled {
            let queue = activity.queue ?? transition.queue
            let isEager =
                environment.options.eagerActivities && environment.registry.activities[activity.name] != nil
                && environment.registration.activityQueues.contains(queue) && environment.activitySlots.tryTake()
            transition.activities.append(Transition.NewActivity(scheduled: activity, isEager: isEager))
            guard isEager else { continue }
            eager.append(
                ActivityTask(
                    instance: transition.instance,
                    execution: transition.execution,
                    scheduled: activity,
                    queue: queue,
                    lease: ActivityLease(),
                    receipt: nil,
                    queuedAt: environment.metrics.map { _ in environment.store.now }
                )
            )
        }
        return eager
    }

    private func commit(_ transition: Transition) async -> Result<CommitOutcome, StoreError> {
        let start = environment.metrics.map { _ in ContinuousClock.now }
        defer { if let start { environment.metrics?.commitDuration.recordTime(since: start) } }
        do throws(StoreError) {
            return .success(
                try await environment.persist("commit a transition") { () throws(StoreError) in
                    try await environment.store.commit(transition)
                }
            )
        } catch {
            return .failure(error)
        }
    }
}

extension ActivityOutcome {
    private static let tooLargeType = "PayloadTooLarge"

    /// What becomes of an outcome that the store does not take for its size.
    package static func tooLarge(_ message: String) -> ActivityOutcome {
        .failed(Failure(type: tooLargeType, message: message, isPermanent: true))
    }

    /// Whether it stands for an outcome that was too large.
    var isReplacement: Bool {
        if case .failed(let failure) = self {
            failure.type == Self.tooLargeType && failure.details == nil
        } else {
            false
        }
    }

    /// The event that tells the workflow; `nil` for an attempt that is followed by another.
    package func event(for command: CommandID) -> EventBody? {
        switch self {
        case .completed(let payload): .activityCompleted(command, payload)
        case .failed(let failure): .activityFailed(command, failure)
        case .retry: nil
        }
    }
}
