internal import Aloft
internal import AloftCore
internal import Logging

// Workflow tasks: from the inputs of an instance to committed decisions.
extension TesterLoop {
    /// Histories up to this length are replayed after each task; longer ones when they have grown by a tenth.
    private static let alwaysReplayedLength = 500

    func move(_ task: WorkflowTask) async throws {
        guard let loaded = try await store.load(task) else { return }
        do {
            try await move(loaded, task)
        } catch {
            // Put back, so that whoever goes on meets the same error and no instance that stands still without a reason.
            let problem = (error as? TesterError)?.message ?? "\(error)"
            try? await store.postpone(task, by: worker, delay: .zero, problem: problem)
            throw error
        }
    }

    private func move(_ loaded: LoadedExecution, _ task: WorkflowTask) async throws {
        var resident = try resident(for: loaded)
        var inputs = loaded.inbox
        while !inputs.isEmpty {
            let decisions = try apply(inputs, to: resident)
            if decisions.completion == nil { try checkActivities(of: decisions, resident) }
            let transition = transition(decisions, of: resident, loaded.state.queue, task, consuming: inputs.count)
            guard case .committed(let more) = try await commit(transition, of: resident) else {
                // Ended by the store since the task was taken.
                return try unload(resident)
            }
            tester.note(decisions.events, of: resident.blueprint.name, task.instance)
            resident.history += decisions.events
            resident = try replayed(resident, isLast: decisions.completion != nil)
            if decisions.completion != nil { return try unload(resident) }
            inputs = more
        }
        tester.withState { [resident] in $0.residents[task.instance] = resident }
    }

    // MARK: Executions

    /// The execution in memory, or one that is rebuilt from its history.
    private func resident(for loaded: LoadedExecution) throws -> TesterState.Resident {
        let state = loaded.state
        if let resident = tester.withState({ $0.residents.removeValue(forKey: state.instance) }) {
            if resident.execution.execution == state.execution, resident.history.count == loaded.history.count {
                return resident
            }
            resident.execution.evict()
        }
        let blueprint = try blueprint(for: state)
        let resident = TesterState.Resident(
            execution: makeExecution(blueprint, state.instance, state.execution),
            blueprint: blueprint,
            history: loaded.history,
            replayedLength: loaded.history.count
        )
        try replay(resident)
        return resident
    }

    private func makeExecution(
        _ blueprint: WorkflowBlueprint,
        _ instance: InstanceID,
        _ execution: ExecutionID
    ) -> Execution {
        let foreignJobs = tester.foreignJobs
        return Execution(
            blueprint: blueprint,
            instance: instance,
            execution: execution,
            coder: tester.coder,
            logger: tester.logger,
            onForeignJob: { foreignJobs.report(instance) }
        )
    }

    private func blueprint(for state: InstanceState) throws -> WorkflowBlueprint {
        let name = state.workflow
        let (mock, started) = tester.withState { ($0.workflowMocks[name], $0.startedTypes[name]) }
        // What the test starts itself is what it tests, also if sub-workflows of that name are mocked.
        let isSubWorkflow = state.parent != nil
        if isSubWorkflow, let mock { return mock.blueprint }
        if let blueprint = registry.workflows[name] ?? started ?? mock?.blueprint { return blueprint }
        let parent = state.parent.map { ", which \($0.instance) started as a sub-workflow," } ?? ""
        throw TesterError(
            .unknownType,
            "workflow \(name) of instance \(state.instance)\(parent) is neither registered nor mocked; "
                + "register \(name).self, or mock it: tester.mock(\(name).self) { … }. \(knownWorkflows)"
        )
    }

    private var knownWorkflows: String {
        let (mocks, started) = tester.withState { (Array($0.workflowMocks.keys), Array($0.startedTypes.keys)) }
        return Self.known(mocked: mocks, registered: Array(Set(registry.workflows.keys).union(started)))
    }

    static func known(mocked: [String], registered: [String]) -> String {
        func list(_ names: [String]) -> String {
            names.isEmpty ? "none" : names.sorted().joined(separator: ", ")
        }
        return "Mocked: \(list(mocked)); registered: \(list(registered))"
    }

    // MARK: Running code

    private func apply(_ inputs: [DeliveredInput], to resident: TesterState.Resident) throws -> Decisions {
        do {
            return try resident.execution.apply(inputs)
        } catch {
            resident.execution.evict()
            throw failure(error.message, of: resident)
        }
    }

    private func replay(_ resident: TesterState.Resident) throws {
        do {
            try resident.execution.replay(resident.history)
        } catch {
            resident.execution.evict()
            throw failure(error.message, of: resident)
        }
    }

    /// Puts the execution away and goes on with one that is rebuilt from its history: so every test proves that the code does
    /// the same again.
    private func replayed(_ resident: TesterState.Resident, isLast: Bool) throws -> TesterState.Resident {
        let length = resident.history.count
        let isDue =
            isLast || length <= Self.alwaysReplayedLength
            || length >= resident.replayedLength + resident.replayedLength / 10
        guard tester.replaysEveryTask, isDue else { return resident }
        try unload(resident)
        var rebuilt = resident
        rebuilt.execution = makeExecution(
            resident.blueprint,
            resident.execution.instance,
            resident.execution.execution
        )
        rebuilt.replayedLength = length
        try replay(rebuilt)
        return rebuilt
    }

    private func unload(_ resident: TesterState.Resident) throws {
        guard !resident.execution.evict() else { return }
        throw failure(
            "its code does not end when it is unloaded: it awaits something outside its context (Task.sleep, an actor with "
                + "its own executor, a network call or the like), or goes on though every call of its context throws",
            of: resident
        )
    }

    private func failure(_ message: String, of resident: TesterState.Resident) -> TesterError {
        TesterError(.taskFailed, "\(resident.blueprint.name) (\(resident.execution.instance)): \(message)")
    }

    // MARK: Committing

    private func transition(
        _ decisions: Decisions,
        of resident: TesterState.Resident,
        _ queue: TaskQueue,
        _ task: WorkflowTask,
        consuming count: Int
    ) -> Transition {
        let number = tester.withState { state in
            for activity in decisions.activities { state.serve(activity.queue ?? queue) }
            return state.nextTransition()
        }
        // A completion ends activities that nobody awaited.
        let activities = decisions.completion == nil ? decisions.activities : []
        return Transition(
            id: "transition-\(number)",
            worker: worker,
            instance: task.instance,
            execution: task.execution,
            expectedLength: resident.history.count,
            events: decisions.events,
            queue: queue,
            receipt: task.receipt,
            consumedInputs: count,
            activities: activities.map { Transition.NewActivity(scheduled: $0, isEager: false) },
            timers: decisions.timers,
            cancelledTimers: decisions.cancelledTimers,
            completion: decisions.completion,
            isResident: false
        )
    }

    private func commit(_ transition: Transition, of resident: TesterState.Resident) async throws -> CommitOutcome {
        do {
            return try await store.commit(transition)
        } catch {
            resident.execution.evict()
            throw failure("its decisions cannot be stored: \(error)", of: resident)
        }
    }
}
