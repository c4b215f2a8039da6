internal import AloftCore

/// An execution as the worker sees it that holds its task, or has it resident.
struct Running: Sendable {
    var worker: WorkerRegistration
    var instance: InstanceID
    var execution: ExecutionID
    var queue: TaskQueue
    /// The length of its history.
    var length: Int
    /// The task the worker has in hand.
    var task: WorkflowTask?
    var inputs: [DeliveredInput] = []

    var bodies: [EventBody] { inputs.map(\.body) }

    /// The next transition: consumes inputs of the task in hand, all unless told otherwise, and decides nothing yet.
    func transition(consuming count: Int? = nil) -> Transition {
        let consumed = task == nil ? [] : inputs.prefix(count ?? inputs.count)
        let events = consumed.enumerated().map { offset, input in
            Event(number: length + offset + 1, timestamp: input.timestamp, body: input.body)
        }
        return Transition(
            id: RandomName.make(characters: 16),
            worker: worker.worker,
            instance: instance,
            execution: execution,
            expectedLength: length,
            events: events,
            queue: queue,
            receipt: task?.receipt,
            consumedInputs: consumed.count
        )
    }

    /// The execution after a transition.
    func after(_ transition: Transition, inputs: [DeliveredInput] = []) -> Running {
        var next = self
        next.length += transition.events.count
        if transition.receipt != nil {
            next.inputs = inputs
            if inputs.isEmpty { next.task = nil }
        }
        return next
    }

    /// The task of an activity that was leased with the transition that scheduled it.
    func eager(_ number: Int) -> ActivityTask {
        ActivityTask(
            instance: instance,
            execution: execution,
            scheduled: .numbered(number),
            queue: queue,
            lease: ActivityLease(),
            receipt: nil
        )
    }
}

extension Transition {
    func adding(_ body: EventBody, at moment: Timestamp? = nil) -> Transition {
        var next = self
        let timestamp = moment ?? events.last?.timestamp ?? Timestamp(milliseconds: 0)
        next.events.append(Event(number: expectedLength + events.count + 1, timestamp: timestamp, body: body))
        return next
    }

    func scheduling(_ number: Int, on queue: TaskQueue? = nil, eager: Bool = false) -> Transition {
        let scheduled = EventBody.ActivityScheduled.numbered(number, on: queue)
        var next = adding(.activityScheduled(scheduled))
        next.activities.append(NewActivity(scheduled: scheduled, isEager: eager))
        return next
    }

    func settingTimer(_ number: Int, due: Timestamp) -> Transition {
        let timer = EventBody.TimerScheduled(command: CommandID(number), name: "timer \(number)", due: due)
        var next = adding(.timerScheduled(timer))
        next.timers.append(timer)
        return next
    }

    func cancellingTimer(_ number: Int) -> Transition {
        var next = adding(.timerCancelled(CommandID(number)))
        next.cancelledTimers.append(CommandID(number))
        return next
    }

    /// Records that an activity of this worker has completed.
    func settling(_ task: ActivityTask) -> Transition {
        var next = adding(.activityCompleted(task.scheduled.command, .text("settled")))
        next.settled.append(
            SettledActivity(command: task.scheduled.command, lease: task.lease, receipt: task.receipt)
        )
        return next
    }

    func completing(_ completion: Completion = .completed(.text("done"))) -> Transition {
        var next = adding(completion.event)
        next.completion = completion
        return next
    }

    func leaving() -> Transition {
        var next = self
        next.isResident = false
        return next
    }

    /// The same under another id: another write.
    func renamed() -> Transition {
        var next = self
        next.id = RandomName.make(characters: 16)
        return next
    }
}

extension EventBody {
    static func signal(_ text: String) -> EventBody { .signalReceived(name: "signal", .text(text)) }
}

extension EventBody.ActivityScheduled {
    static func numbered(_ number: Int, on queue: TaskQueue? = nil) -> EventBody.ActivityScheduled {
        EventBody.ActivityScheduled(
            command: CommandID(number),
            name: "activity \(number)",
            queue: queue,
            input: .text("input of \(number)"),
            retry: .default
        )
    }
}

extension Payload {
    static func text(_ text: String) -> Payload { Payload(bytes: Array("\"\(text)\"".utf8), encoding: .json) }

    static func bytes(_ count: Int) -> Payload {
        Payload(bytes: [UInt8](repeating: 0x61, count: count), encoding: "bytes")
    }
}
