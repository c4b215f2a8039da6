internal import AloftCore
internal import Testing

extension Bench {
    // MARK: Instances

    /// Starts an instance under a new id.
    @discardableResult
    func start(on queue: TaskQueue = .default, retention: Duration? = nil) async throws -> InstanceStart {
        let start = InstanceStart(
            instance: "instance-\(nextNumber())",
            workflow: "Check",
            queue: queue,
            input: .text("input"),
            retention: retention
        )
        let outcome = try await store.start(start)
        #expect(outcome == .started)
        return start
    }

    /// Starts an instance under a new id, in a certain way.
    @discardableResult
    func start(with change: (inout InstanceStart) -> Void) async throws -> InstanceStart {
        var start = InstanceStart(instance: "instance-\(nextNumber())", workflow: "Check", input: .text("input"))
        change(&start)
        let outcome = try await store.start(start)
        #expect(outcome == .started)
        return start
    }

    /// The state of an instance that is there.
    func state(
        of instance: InstanceID,
        at location: SourceLocation = #_sourceLocation
    ) async throws -> InstanceState {
        let state = try await store.state(of: instance)
        return try #require(state, "instance \(instance) is gone", sourceLocation: location)
    }

    /// The last event of a history.
    func lastEvent(of instance: InstanceID) async throws -> Event? {
        try await store.history(of: instance, after: 0, limit: 1000).last
    }

    /// An instance that has finished.
    func finished(
        _ completion: Completion = .completed(.text("done")),
        by worker: WorkerRegistration
    ) async throws -> InstanceStart {
        let start = try await start()
        try await commit(try await take(by: worker).transition().completing(completion))
        return start
    }

    func signal(_ text: String, to instance: InstanceID, id: String? = nil) async throws {
        try await store.deliver(.signal(text), to: instance, execution: nil, id: id)
    }

    /// An instance that has been started and whose first task is done, with whatever its first transition does.
    func begin(
        on queue: TaskQueue = .default,
        by worker: WorkerRegistration,
        _ build: (Transition) -> Transition = { $0 }
    ) async throws -> Running {
        try await start(on: queue)
        let held = try await take(by: worker)
        let transition = build(held.transition())
        let inputs = try await commit(transition)
        #expect(inputs.isEmpty)
        return held.after(transition, inputs: inputs)
    }

    /// A task that waits for an instance to finish.
    func waiter(for instance: InstanceID) -> Task<Completion, any Error> {
        Task {
            try await patiently("the instance finishes") { [store] in try await store.completion(of: instance) }
        }
    }

    // MARK: Tasks

    /// Waits for the next workflow task and loads it.
    func take(by worker: WorkerRegistration, at location: SourceLocation = #_sourceLocation) async throws -> Running {
        let task = try await takeTask(by: worker)
        return try await load(task, by: worker, at: location)
    }

    func takeTask(by worker: WorkerRegistration) async throws -> WorkflowTask {
        try await patiently("a workflow task comes") { [store] in
            try await store.nextWorkflowTasks(for: worker, limit: 1).first
        }
    }

    /// Takes a workflow task and begins to run it under trial.
    func tryTask(by worker: WorkerRegistration) async throws -> WorkflowTask {
        let task = try await takeTask(by: worker)
        let suspect = Suspect(instance: task.instance, execution: task.execution)
        try await store.setTrial(of: suspect, by: worker.worker, isOn: true)
        return task
    }

    /// Takes an activity and begins to run it under trial.
    func tryActivity(by worker: WorkerRegistration) async throws -> ActivityTask {
        let task = try await takeActivity(by: worker)
        let suspect = Suspect(instance: task.instance, execution: task.execution, command: task.scheduled.command)
        try await store.setTrial(of: suspect, by: worker.worker, isOn: true)
        return task
    }

    func load(
        _ task: WorkflowTask,
        by worker: WorkerRegistration,
        at location: SourceLocation = #_sourceLocation
    ) async throws -> Running {
        let loaded = try #require(try await store.load(task), "the task is not held", sourceLocation: location)
        #expect(loaded.state.execution == task.execution, sourceLocation: location)
        #expect(loaded.state.historyLength == loaded.history.count, sourceLocation: location)
        #expect(!loaded.inbox.isEmpty, "a task without inputs", sourceLocation: location)
        #expect(
            task.inputs == Array(loaded.inbox.prefix(task.inputs.count)),
            "the inputs of a task are the head of the inbox",
            sourceLocation: location
        )
        return Running(
            worker: worker,
            instance: task.instance,
            execution: task.execution,
            queue: loaded.state.queue,
            length: loaded.history.count,
            task: task,
            inputs: loaded.inbox
        )
    }

    func takeActivity(by worker: WorkerRegistration) async throws -> ActivityTask {
        try await patiently("an activity task comes") { [store] in
            try await store.nextActivityTasks(for: worker, limit: 1).first
        }
    }

    /// Commits what must succeed; returns the remaining inputs.
    @discardableResult
    func commit(
        _ transition: Transition,
        at location: SourceLocation = #_sourceLocation
    ) async throws -> [DeliveredInput] {
        try await beat()
        guard case .committed(let inputs) = try await store.commit(transition) else {
            throw Disappointment("a conflict, at line \(location.line)")
        }
        return inputs
    }

    /// Commits what must not succeed.
    func expectConflict(
        _ transition: Transition,
        _ why: Comment? = nil,
        at location: SourceLocation = #_sourceLocation
    ) async throws {
        let outcome = try await store.commit(transition)
        #expect(outcome == .conflict, why, sourceLocation: location)
    }

    /// Expects a call to fail with a code.
    func expect<Answer: Sendable>(
        _ codes: StoreError.Code...,
        at location: SourceLocation = #_sourceLocation,
        of call: () async throws -> Answer
    ) async {
        do {
            _ = try await call()
            Issue.record("no error, expected \(codes)", sourceLocation: location)
        } catch {
            let code = (error as? StoreError)?.code
            #expect(code.map(codes.contains) == true, "\(error)", sourceLocation: location)
        }
    }

    /// Asks until there is an answer; a store that has none after a minute fails the check rather than hang it.
    func patiently<Answer: Sendable>(
        _ what: String,
        _ ask: @escaping @Sendable () async throws -> Answer?
    ) async throws -> Answer {
        try await beat()
        return try await withThrowingTaskGroup(of: Answer?.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                while true {
                    if let answer = try await ask() { return answer }
                }
            }
            group.addTask {
                try await ContinuousClock().sleep(for: .seconds(60))
                return nil
            }
            guard let answer = try await group.next(), let answer else {
                throw Disappointment("in vain: \(what)")
            }
            return answer
        }
    }
}
