import AloftCore

/// An event in words, with the parts of it that deserve their own place.
struct EventStory {
    var kind: String
    var text: String
    var facts: [HistoryLine.Fact] = []
    var payload: (name: String, value: Payload)?
    var failure: Failure?
    var instance: InstanceID?
    /// Another execution of the same instance.
    var execution: ExecutionID?

    private init(_ kind: String, _ text: String) {
        self.kind = kind
        self.text = text
    }

    /// - Parameter names: The names of commands that were scheduled before.
    init(_ body: EventBody, _ names: [CommandID: String]) {
        let name = body.command.flatMap { names[$0] } ?? body.command.map { "(command \($0))" } ?? ""
        switch body {
        case .started(let started): self = .started(started)
        case .activityScheduled(let scheduled): self = .scheduled(scheduled)
        case .subWorkflowScheduled(let scheduled): self = .scheduled(scheduled)
        case .activityCompleted(_, let result):
            self = Self("activityCompleted", "activity \(name) completed").with("result", result)
        case .activityFailed(_, let failure):
            self = Self("activityFailed", "activity \(name) failed").with(failure)
        case .timerScheduled(let timer):
            self.init("timerScheduled", "timer \(timer.name) set")
            facts = [.init(name: "due", value: timer.due.moment.description)]
        case .timerFired: self.init("timerFired", "timer \(name) fired")
        case .timerCancelled: self.init("timerCancelled", "timer \(name) cancelled")
        case .signalReceived(let signal, let value, _):
            self = Self("signalReceived", "signal \(signal) received").with("payload", value)
        case .cancelRequested(let reason):
            self.init("cancelRequested", reason.isEmpty ? "asked to cancel" : "asked to cancel: \(reason)")
        case .sideEffectRecorded(_, let value):
            self = Self("sideEffectRecorded", "side effect recorded").with("value", value)
        default: self.init(others: body, named: name)
        }
    }

    private init(others body: EventBody, named name: String) {
        switch body {
        case .subWorkflowCompleted(_, let result):
            self = Self("subWorkflowCompleted", "sub-workflow \(name) completed").with("result", result)
        case .subWorkflowFailed(_, let failure):
            self = Self("subWorkflowFailed", "sub-workflow \(name) failed").with(failure)
        case .subWorkflowCancelRequested:
            self.init("subWorkflowCancelRequested", "sub-workflow \(name) asked to cancel")
        case .signalScheduled(let signal):
            self = Self("signalScheduled", "signal \(signal.name) sent to \(signal.instance)")
                .with("payload", signal.payload)
            instance = signal.instance
        case .signalDelivered: self.init("signalDelivered", "signal \(name) delivered")
        case .signalFailed(_, let failure):
            self = Self("signalFailed", "signal \(name) refused").with(failure)
        case .workflowCompleted(let result): self = Self("workflowCompleted", "completed").with("result", result)
        case .workflowFailed(let failure): self = Self("workflowFailed", "failed").with(failure)
        case .workflowCancelled(let failure): self = Self("workflowCancelled", "cancelled").with(failure)
        case .workflowTerminated(let failure): self = Self("workflowTerminated", "terminated").with(failure)
        case .workflowTimedOut(let failure): self = Self("workflowTimedOut", "timed out").with(failure)
        case .continuedAsNew(let next):
            self = Self("continuedAsNew", "continued as new").with("input", next.input)
            facts = [.init(name: "next execution", value: next.execution.rawValue)]
            execution = next.execution
        default: self.init("unknown", "an event that this version does not know")
        }
    }

    private func with(_ name: String, _ payload: Payload) -> EventStory {
        var story = self
        story.payload = (name, payload)
        return story
    }

    private func with(_ failure: Failure) -> EventStory {
        var story = self
        story.failure = failure
        return story
    }
}

extension EventStory {
    private static func started(_ started: EventBody.Started) -> EventStory {
        var story = EventStory("started", "workflow \(started.workflow) started").with("input", started.input)
        story.facts = [.init(name: "queue", value: started.queue.rawValue)]
        if let parent = started.parent {
            story.facts.append(.init(name: "parent", value: parent.instance.rawValue))
            story.instance = parent.instance
        }
        if let execution = started.continuedFrom {
            story.facts.append(.init(name: "continues", value: execution.rawValue))
            story.execution = execution
        }
        if started.isCancelled { story.facts.append(.init(name: "cancelled", value: "before its code ran")) }
        return story
    }

    private static func scheduled(_ scheduled: EventBody.ActivityScheduled) -> EventStory {
        var story = EventStory("activityScheduled", "activity \(scheduled.name) scheduled").with(
            "input",
            scheduled.input
        )
        let attempts = Quantity.count(scheduled.retry.maximumAttempts, "attempt")
        story.facts = [
            .init(
                name: "retry",
                value: "up to \(attempts), first after "
                    + Quantity.duration(scheduled.retry.initialInterval)
            )
        ]
        if let queue = scheduled.queue { story.facts.append(.init(name: "queue", value: queue.rawValue)) }
        if let timeout = scheduled.startToCloseTimeout {
            story.facts.append(.init(name: "start-to-close timeout", value: Quantity.duration(timeout)))
        }
        return story
    }

    private static func scheduled(_ scheduled: EventBody.SubWorkflowScheduled) -> EventStory {
        let text = "sub-workflow \(scheduled.workflow) started as \(scheduled.instance)"
        var story = EventStory("subWorkflowScheduled", text).with("input", scheduled.input)
        story.instance = scheduled.instance
        story.facts = [.init(name: "when its parent ends", value: "\(scheduled.closePolicy)")]
        if let queue = scheduled.queue { story.facts.append(.init(name: "queue", value: queue.rawValue)) }
        if let timeout = scheduled.executionTimeout {
            story.facts.append(.init(name: "execution timeout", value: Quantity.duration(timeout)))
        }
        return story
    }
}
