import AloftClient
import AloftCore
import AloftTesting
import Testing

/// A memory store with a worker that does what a test tells it to.
struct Stage: Sendable {
    let clock = VirtualClock()
    let store: MemoryStore
    let worker = WorkerRegistration(
        workflowQueues: ["orders"],
        activityQueues: ["orders"],
        workflows: ["Pay"],
        activities: ["Charge"],
        host: "here:1"
    )

    init(inboxLimit: Int = 10_000, continuedRetention: Duration = .zero) async throws {
        store = MemoryStore(
            clock: clock,
            epoch: MemoryStore.testEpoch,
            inboxLimit: inboxLimit,
            continuedRetention: continuedRetention
        )
        _ = try await store.beat(worker, isFirst: true)
    }

    var client: WorkflowClient { WorkflowClient(store: store) }

    /// - Parameter input: JSON.
    @discardableResult
    func start(_ id: InstanceID, workflow: String = "Pay", queue: TaskQueue = "orders", input: String = "{\"total\":7}")
        async throws -> InstanceStart
    {
        let payload = Payload(bytes: Array(input.utf8), encoding: .json)
        let start = InstanceStart(
            instance: id,
            workflow: workflow,
            queue: queue,
            input: payload,
            memo: ["customer": "ada"]
        )
        #expect(try await store.start(start) == .started)
        return start
    }

    /// Carries out the workflow task of an instance: its inputs, then the outputs.
    func decide(
        _ id: InstanceID,
        _ outputs: [EventBody],
        completion: Completion? = nil,
        waits: WaitSummary? = nil
    ) async throws {
        let tasks = try await store.nextWorkflowTasks(for: worker, limit: 1_000)
        try await decide(try #require(tasks.first { $0.instance == id }), outputs, completion: completion, waits: waits)
    }

    func decide(
        _ task: WorkflowTask,
        _ outputs: [EventBody],
        completion: Completion? = nil,
        waits: WaitSummary? = nil
    ) async throws {
        let id = task.instance
        let loaded = try #require(try await store.load(task))
        let bodies = loaded.inbox.map(\.body) + outputs + [completion?.event].compactMap(\.self)
        let length = loaded.history.count
        let events = bodies.enumerated().map { Event(number: length + $0 + 1, timestamp: store.now, body: $1) }
        var transition = Transition(
            id: "\(id)-\(task.execution)-\(length)",
            worker: worker.worker,
            instance: id,
            execution: task.execution,
            expectedLength: length,
            events: events,
            queue: loaded.state.queue,
            receipt: task.receipt,
            consumedInputs: loaded.inbox.count,
            waits: waits
        )
        for case .activityScheduled(let scheduled) in outputs {
            transition.activities.append(.init(scheduled: scheduled, isEager: false))
        }
        for case .timerScheduled(let timer) in outputs { transition.timers.append(timer) }
        for case .subWorkflowScheduled(let scheduled) in outputs { transition.subWorkflows.append(scheduled) }
        transition.completion = completion
        guard case .committed = try await store.commit(transition) else { throw Conflict() }
    }

    struct Conflict: Error {}

    /// An instance whose activity 1, "Charge", has failed once and waits for an hour.
    func retrying(_ id: InstanceID, waits: WaitSummary? = nil) async throws {
        try await start(id)
        let scheduled = EventBody.ActivityScheduled(
            command: CommandID(1),
            name: "Charge",
            queue: nil,
            input: .none,
            retry: .default
        )
        try await decide(id, [.activityScheduled(scheduled)], waits: waits)
        let task = try #require(try await store.nextActivityTasks(for: worker, limit: 10).first { $0.instance == id })
        let failure = Failure(type: "CardDeclined", message: "no funds")
        #expect(try await store.finish(task, by: worker.worker, outcome: .retry(after: .seconds(3600), failure)))
    }

    func finished(_ id: InstanceID, _ completion: Completion = .completed(.none)) async throws {
        try await start(id)
        try await decide(id, [], completion: completion)
    }

    /// Lets workers die with the task of an instance in hand until it is quarantined.
    func quarantine(_ id: InstanceID) async throws {
        try await start(id, queue: "poison")
        while try await store.state(of: id)?.isQuarantined == false {
            let victim = WorkerRegistration(workflowQueues: ["poison"], activityQueues: [], host: "victim")
            _ = try await store.beat(victim, isFirst: true)
            for task in try await store.nextWorkflowTasks(for: victim, limit: 1) {
                let suspect = Suspect(instance: task.instance, execution: task.execution)
                try await store.setTrial(of: suspect, by: victim.worker, isOn: true)
            }
            clock.advance(by: .seconds(11))
            _ = try await store.beat(worker, isFirst: false)
            _ = try await store.tick(by: worker.worker)
        }
    }
}
