internal import AloftCore
internal import Logging
internal import Synchronization

/// Moves instances forward: takes workflow tasks and outcomes of this worker's activities, feeds them to executions, and
/// commits what those decide.
///
/// The pollers and the activity runner call it; it knows the store but not how tasks are found.
final class ExecutionDriver: ActivityOutcomeReceiver {
    let environment: SessionEnvironment
    let activities: ActivityRunner
    let tracker = TaskTracker()
    private let table: Mutex<ResidencyTable>
    private let released = Mutex<[InstanceID]>([])

    init(environment: SessionEnvironment, activities: ActivityRunner) {
        self.environment = environment
        self.activities = activities
        table = Mutex(ResidencyTable(limit: environment.options.maximumResidents))
    }

    /// Takes over a workflow task whose slot has been taken.
    func accept(_ task: WorkflowTask) {
        if table.withLock({ $0.submit(.task(task), for: task.instance) }) { start(task.instance) }
    }

    /// Takes the final outcome of an activity that ran here.
    ///
    /// If its execution is resident, the outcome and what follows from it become one transition; otherwise it goes through the
    /// inbox.
    func receive(_ outcome: ActivityOutcome, of task: ActivityTask) async {
        var mayCommit = true
        if case .retry = outcome { mayCommit = false }
        let isAccepted =
            mayCommit
            ? table.withLock { $0.submitIfPresent(.outcome(task, outcome), for: task.instance) }
            : nil
        switch isAccepted {
        // In a task of its own: giving up activities must not cancel a commit, and stopping waits for it.
        case true?: start(task.instance)
        case false?: break
        case nil: await finish(task, outcome)
        }
    }

    /// Tells the store which executions have left memory since the last call.
    func flushReleases() async {
        let instances = released.withLock { released in
            defer { released = [] }
            return released
        }
        // Some may have come back into memory since.
        let gone = table.withLock { table in instances.filter { !table.contains($0) } }
        guard !gone.isEmpty, !environment.isOver else { return }
        do throws(StoreError) {
            try await environment.store.release(gone, by: environment.worker)
        } catch {
            // Affinity is a hint: at worst their next tasks come here and are replayed.
            environment.logger.debug("could not release executions", metadata: [LogKey.error: "\(error)"])
        }
    }

    /// Unloads every execution that nobody moves, and keeps none from here on.
    func evictAll() {
        let executions = table.withLock { $0.takeAll() }
        for execution in executions { unload(execution, .stop) }
    }

    /// The number of executions in memory.
    var residentCount: Int { table.withLock { $0.residentCount } }

    // MARK: Moving one instance

    private func start(_ instance: InstanceID) {
        tracker.spawn { await self.move(instance) }
    }

    private func move(_ instance: InstanceID) async {
        while let (work, execution) = table.withLock({ $0.next(instance) }) {
            let kept = await step(work, execution)
            table.withLock { $0.put(kept, for: instance) }
        }
        let (surplus, isStopping) = table.withLock { ($0.takeSurplus(), $0.isClosed) }
        for execution in surplus { unload(execution, isStopping ? .stop : .full) }
    }

    private func step(_ work: [ResidencyTable.Work], _ resident: Execution?) async -> Execution? {
        var step = ExecutionStep(resident: resident)
        for item in work {
            switch item {
            case .task(let task): step.task = task
            case .outcome(let task, let outcome): step.outcomes.append((task, outcome))
            case .foreignJob:
                // The report may be about an earlier life of the instance in memory, whose task came back late.
                guard step.resident?.sawForeignJob == true, let execution = step.resident.take() else { continue }
                environment.logger.error(
                    "workflow code awaited something outside its context; the execution is unloaded",
                    metadata: [LogKey.instance: "\(execution.instance)"]
                )
                unload(execution, .problem)
            }
        }
        let kept = await advance(step)
        if step.task != nil { environment.workflowSlots.give() }
        return kept
    }

    func makeExecution(_ blueprint: WorkflowBlueprint, for task: WorkflowTask) -> Execution {
        let instance = task.instance
        return Execution(
            blueprint: blueprint,
            instance: instance,
            execution: task.execution,
            coder: environment.coder,
            logger: environment.logger,
            limits: environment.store.limits,
            telemetry: environment.telemetry,
            onForeignJob: { [weak self] in
                guard let self else { return }
                let isStarting = table.withLock { $0.submitIfPresent(.foreignJob, for: instance) }
                if isStarting == true { start(instance) }
            }
        )
    }

    /// - Parameter reason: `nil`: it has come to its end.
    func unload(_ execution: Execution, _ reason: EvictionReason?) {
        if let reason {
            environment.metrics?.evicted(reason)
            // Where none is kept, each commit has said so.
            if environment.options.maximumResidents > 0 { released.withLock { $0.append(execution.instance) } }
        }
        guard !execution.evict() else { return }
        environment.logger.error(
            "workflow code does not end when its execution is unloaded; its tasks stay in memory until the process ends",
            metadata: [LogKey.instance: "\(execution.instance)"]
        )
    }

    // MARK: Outcomes that go through the inbox

    func finish(_ task: ActivityTask, _ outcome: ActivityOutcome) async {
        do throws(StoreError) {
            let isAccepted = try await environment.persist("record the outcome of an activity") {
                () throws(StoreError) in
                try await environment.store.finish(task, by: environment.worker, outcome: outcome)
            }
            if isAccepted {
                if case .retry(let delay, _) = outcome { environment.alarm.ring(for: environment.store.now + delay) }
                return
            }
            environment.logger.info(
                "the outcome of an activity is not wanted any more",
                metadata: [LogKey.instance: "\(task.instance)", LogKey.activity: "\(task.scheduled.name)"]
            )
        } catch  where error.code == .payloadTooLarge && !outcome.isReplacement {
            // A result that cannot be kept is an error of the activity: trying again would not make it smaller.
            await finish(task, .tooLarge(error.message))
        } catch {
            // The lease stays as it is; whoever takes over runs the activity again.
            environment.logger.error(
                "could not record the outcome of an activity",
                metadata: [LogKey.instance: "\(task.instance)", LogKey.error: "\(error)"]
            )
            environment.insist(on: "record the outcome of an activity", after: error) {
                [environment] () throws(StoreError) in
                _ = try await environment.store.finish(task, by: environment.worker, outcome: outcome)
            }
        }
    }
}
