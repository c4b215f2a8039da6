import AloftCore
import AloftTesting

extension RandomFleet {
    /// The next transition of an execution: takes some of its inputs and does what its workflow would.
    mutating func decide(_ loaded: LoadedExecution, _ task: WorkflowTask, by worker: WorkerID) -> Transition {
        let count = Int.random(in: 1...loaded.inbox.count, using: &generator)
        var bodies = loaded.inbox.prefix(count).map(\.body)
        var transition = Transition(
            id: "transition-\(generator.next())",
            worker: worker,
            instance: task.instance,
            execution: task.execution,
            expectedLength: loaded.history.count,
            events: [],
            queue: "q",
            receipt: task.receipt,
            consumedInputs: count,
            isResident: .random(using: &generator)
        )
        if loaded.history.isEmpty { begin(&transition, &bodies) }
        let all = loaded.history.map(\.body) + bodies
        if all.contains(where: \.isCancelRequest), !all.contains(.subWorkflowCancelRequested(Self.child)) {
            bodies.append(.subWorkflowCancelRequested(Self.child))
            transition.cancelledSubWorkflows.append(Self.child)
        }
        let outcomes = all.filter(\.isInput).compactMap(\.command)
        if outcomes.count == all.compactMap(\.scheduledCommand).count { end(&transition, &bodies, all.first) }
        transition.events = bodies.enumerated().map { offset, body in
            Event(number: loaded.history.count + offset + 1, timestamp: store.now, body: body)
        }
        return transition
    }

    private static let child = CommandID(6)

    private mutating func begin(_ transition: inout Transition, _ bodies: inout [EventBody]) {
        for number in 1...3 {
            let scheduled = EventBody.ActivityScheduled(
                command: CommandID(number),
                name: "a",
                queue: nil,
                input: .none,
                retry: .default
            )
            bodies.append(.activityScheduled(scheduled))
            transition.activities.append(.init(scheduled: scheduled, isEager: false))
        }
        for number in 4...5 {
            let due = store.now + .seconds(Int.random(in: 0...20, using: &generator))
            let timer = EventBody.TimerScheduled(command: CommandID(number), name: "t", due: due)
            bodies.append(.timerScheduled(timer))
            transition.timers.append(timer)
        }
        // Ids are few, so that some are in use, or of one that has finished.
        let id = transition.instance.rawValue
        if id.count(where: { $0 == "/" }) < 2 {
            let child = EventBody.SubWorkflowScheduled(
                command: Self.child,
                workflow: "W",
                instance: "\(id)/\(Int.random(in: 0...2, using: &generator))",
                execution: "\(transition.execution)/\(Self.child)",
                input: .none,
                closePolicy: ParentClosePolicy.allCases.randomElement(using: &generator) ?? .cancel
            )
            bodies.append(.subWorkflowScheduled(child))
            transition.subWorkflows.append(child)
        }
        let signal = EventBody.SignalScheduled(
            command: CommandID(7),
            instance: ((instances + [transition.instance, "nobody"]).randomElement(using: &generator)) ?? "nobody",
            name: "\(transition.execution)/7",
            payload: .none
        )
        bodies.append(.signalScheduled(signal))
        transition.signals.append(signal)
    }

    /// Completes, or continues as new a few times.
    private mutating func end(_ transition: inout Transition, _ bodies: inout [EventBody], _ first: EventBody?) {
        transition.isResident = false
        transition.completion = .completed(.none)
        let generation = transition.execution.rawValue.count(where: { $0 == "+" })
        if case .started(var started)? = first, generation < 2, Int.random(in: 0...3, using: &generator) == 0 {
            started.continuedFrom = transition.execution
            let next = ExecutionID("\(transition.execution)+")
            transition.completion = .continuedAsNew(Continuation(execution: next, started: started))
        }
        if let event = transition.completion?.event { bodies.append(event) }
    }
}

extension EventBody {
    /// The command of an event whose outcome is to come.
    var scheduledCommand: CommandID? {
        switch self {
        case .activityScheduled, .timerScheduled, .subWorkflowScheduled, .signalScheduled: command
        default: nil
        }
    }

    var signalName: String? {
        if case .signalReceived(let name, _, _) = self { name } else { nil }
    }

    fileprivate var isCancelRequest: Bool {
        if case .cancelRequested = self { true } else { false }
    }
}
