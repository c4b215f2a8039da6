import AloftCore
import AloftRedis
import Testing

/// A worker that is moved by hand.
struct HandWorker: Sendable {
    let store: RedisStore
    let registration: WorkerRegistration
    var id: WorkerID { registration.worker }

    static func register(
        on store: RedisStore,
        id: WorkerID = .random(),
        workflows: [TaskQueue] = [.default],
        activities: [TaskQueue] = [.default]
    ) async throws -> HandWorker {
        let worker = HandWorker(
            store: store,
            registration: WorkerRegistration(
                worker: id,
                workflowQueues: workflows,
                activityQueues: activities,
                host: "test"
            )
        )
        #expect(try await store.beat(worker.registration, isFirst: true))
        return worker
    }

    func tasks(limit: Int = 100) async throws -> [WorkflowTask] {
        try await store.nextWorkflowTasks(for: registration, limit: limit)
    }

    func tasksIfReachable(limit: Int) async throws -> [WorkflowTask] {
        do {
            return try await tasks(limit: limit)
        } catch let error as StoreError where error.code == .unavailable {
            return []
        }
    }

    func activities(limit: Int = 100) async throws -> [ActivityTask] {
        try await store.nextActivityTasks(for: registration, limit: limit)
    }

    func task(sourceLocation: SourceLocation = #_sourceLocation) async throws -> WorkflowTask {
        var found: [WorkflowTask] = []
        try await eventually("a workflow task", sourceLocation: sourceLocation) {
            found = try await tasks(limit: 1)
            return !found.isEmpty
        }
        return found[0]
    }

    func activity(sourceLocation: SourceLocation = #_sourceLocation) async throws -> ActivityTask {
        var found: [ActivityTask] = []
        try await eventually("an activity task", sourceLocation: sourceLocation) {
            found = try await activities(limit: 1)
            return !found.isEmpty
        }
        return found[0]
    }

    /// A transition that records `inputs` and then `outputs`.
    func transition(
        of task: WorkflowTask,
        after length: Int = 0,
        inputs: [DeliveredInput]? = nil,
        outputs: [EventBody] = [],
        usesReceipt: Bool = true
    ) -> Transition {
        let taken = inputs ?? task.inputs
        let bodies = taken.map(\.body) + outputs
        var transition = Transition(
            id: RandomName.make(characters: 16),
            worker: id,
            instance: task.instance,
            execution: task.execution,
            expectedLength: length,
            events: bodies.enumerated().map { offset, body in
                Event(number: length + offset + 1, timestamp: store.now, body: body)
            },
            queue: .default,
            receipt: usesReceipt ? task.receipt : nil,
            consumedInputs: usesReceipt ? taken.count : 0
        )
        for body in outputs {
            switch body {
            case .activityScheduled(let scheduled):
                transition.activities.append(.init(scheduled: scheduled, isEager: false))
            case .timerScheduled(let timer): transition.timers.append(timer)
            case .timerCancelled(let command): transition.cancelledTimers.append(command)
            default: if let completion = Completion(body) { transition.completion = completion }
            }
        }
        return transition
    }

    func commit(_ transition: Transition) async throws -> [DeliveredInput] {
        guard case .committed(let inputs) = try await store.commit(transition) else {
            throw Refused()
        }
        return inputs
    }

    struct Refused: Error {}

    /// Starts an instance, takes its first task and records `outputs`.
    func begin(
        _ instance: InstanceID,
        outputs: [EventBody] = [],
        eager: Bool = false,
        isResident: Bool = true
    ) async throws -> WorkflowTask {
        #expect(try await store.start(.sample(instance)) == .started)
        let task = try await task()
        var first = transition(of: task, outputs: outputs)
        first.isResident = isResident
        for index in first.activities.indices { first.activities[index].isEager = eager }
        #expect(try await commit(first).isEmpty)
        return task
    }
}

extension EventBody {
    static func activity(_ command: Int, _ name: String = "work", queue: TaskQueue? = nil) -> EventBody {
        .activityScheduled(
            ActivityScheduled(
                command: CommandID(command),
                name: name,
                queue: queue,
                input: payload("to do"),
                retry: .default
            )
        )
    }

    static func timer(_ command: Int, due: Timestamp) -> EventBody {
        .timerScheduled(TimerScheduled(command: CommandID(command), name: "timer", due: due))
    }

    static func signal(_ text: String) -> EventBody { .signalReceived(name: "signal", payload(text)) }

    static var done: EventBody { .workflowCompleted(payload("done")) }
}

/// The task of an activity that was leased with its transition.
func eagerTask(_ task: WorkflowTask, command: Int = 1) -> ActivityTask {
    ActivityTask(
        instance: task.instance,
        execution: task.execution,
        scheduled: .init(
            command: CommandID(command),
            name: "work",
            queue: nil,
            input: payload("to do"),
            retry: .default
        ),
        queue: .default,
        lease: ActivityLease(),
        receipt: nil
    )
}
