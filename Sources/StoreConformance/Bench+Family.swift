internal import AloftCore
internal import Testing

// Instances that have to do with each other.
extension Bench {
    /// A worker for parents, and one for the queue on which sub-workflows run.
    func family() async throws -> (worker: WorkerRegistration, helper: WorkerRegistration) {
        (try await worker(), try await worker(workflows: ["children"], activities: ["children"]))
    }

    /// An instance that has started one sub-workflow, as command 1.
    func parent(
        by worker: WorkerRegistration,
        policy: ParentClosePolicy = .cancel,
        _ change: (inout EventBody.SubWorkflowScheduled) -> Void = { _ in }
    ) async throws -> (parent: Running, child: EventBody.SubWorkflowScheduled) {
        var child = EventBody.SubWorkflowScheduled.numbered(1, of: "parent-\(nextNumber())", policy: policy)
        change(&child)
        let parent = try await begin(by: worker) { $0.starting(child) }
        try await settle()
        return (parent, child)
    }

    /// Commits, waits until what that does to others has come back, and takes the task again if there are inputs.
    func advance(
        _ running: Running,
        with transition: Transition,
        at location: SourceLocation = #_sourceLocation
    ) async throws -> Running {
        let inputs = try await commit(transition, at: location)
        let next = running.after(transition, inputs: inputs)
        guard subject.settle != nil else { return next }
        try await settle()
        if var task = next.task {
            // What came with it is in the history by now.
            task.inputs = []
            return try await load(task, by: next.worker, at: location)
        }
        guard let task = try await store.nextWorkflowTasks(for: next.worker, limit: 1).first else { return next }
        #expect(task.instance == next.instance, sourceLocation: location)
        return try await load(task, by: next.worker, at: location)
    }
}

extension EventBody.SubWorkflowScheduled {
    static func numbered(
        _ number: Int,
        of family: String,
        on queue: TaskQueue? = "children",
        policy: ParentClosePolicy = .cancel
    ) -> EventBody.SubWorkflowScheduled {
        EventBody.SubWorkflowScheduled(
            command: CommandID(number),
            workflow: "Child",
            instance: "\(family)-child-\(number)",
            execution: .random(),
            queue: queue,
            input: .text("input of \(number)"),
            closePolicy: policy
        )
    }
}

extension EventBody {
    var isCancelRequest: Bool {
        if case .cancelRequested = self { true } else { false }
    }
}

extension Transition {
    func starting(_ child: EventBody.SubWorkflowScheduled) -> Transition {
        var next = adding(.subWorkflowScheduled(child))
        next.subWorkflows.append(child)
        return next
    }

    func cancellingSubWorkflow(_ number: Int) -> Transition {
        var next = adding(.subWorkflowCancelRequested(CommandID(number)))
        next.cancelledSubWorkflows.append(CommandID(number))
        return next
    }

    /// Sends what ``EventBody/signal(_:)`` says.
    func signalling(_ number: Int, _ instance: InstanceID, _ text: String) -> Transition {
        let signal = EventBody.SignalScheduled(
            command: CommandID(number),
            instance: instance,
            name: "signal",
            payload: .text(text)
        )
        var next = adding(.signalScheduled(signal))
        next.signals.append(signal)
        return next
    }

    func continuing(
        as execution: ExecutionID = .random(),
        from workflow: String = "Check",
        carrying signals: [EventBody] = []
    ) -> Transition {
        let started = EventBody.Started(
            workflow: workflow,
            queue: queue,
            input: .text("continued"),
            continuedFrom: self.execution
        )
        let continuation = Continuation(execution: execution, started: started, signals: signals)
        return completing(.continuedAsNew(continuation)).leaving()
    }
}
