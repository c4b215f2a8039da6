public import AloftCore

/// An event of a history, as a line that people read, with what hangs on it.
public struct HistoryLine: Hashable, Sendable, Codable {
    /// A detail beside the line: "retry", "up to 3 attempts".
    public struct Fact: Hashable, Sendable, Codable {
        public var name: String
        public var value: String
    }

    /// Its place, counted from 1.
    public var number: Int
    public var time: Moment
    /// "activityScheduled", as the cases of ``EventBody`` are called.
    public var kind: String
    /// Whether it came from outside; otherwise the workflow's code decided it.
    public var isInput: Bool
    public var command: Int?
    /// "activity Payments.charge scheduled"
    public var text: String
    public var facts: [Fact]
    /// "input", "result", "payload" or "value".
    public var payloadName: String?
    public var payload: PayloadView?
    public var failure: FailureView?
    /// Another instance that it is about.
    public var instance: String?
    /// Another execution of the instance: which this one continues, or which continues it.
    public var execution: String?

    /// - Parameters:
    ///   - names: The names of commands, for events that tell their number only.
    ///   - reader: How its payload is shown.
    public init(_ event: Event, names: [CommandID: String] = [:], reader: PayloadReader = PayloadReader()) {
        number = event.number
        time = event.timestamp.moment
        isInput = event.body.isInput
        command = event.body.command?.number
        let story = EventStory(event.body, names)
        kind = story.kind
        text = story.text.visible
        facts = story.facts
        payloadName = story.payload?.name
        payload = story.payload.map { reader.view($0.value) }
        failure = story.failure.map { FailureView($0, reader: reader) }
        instance = story.instance?.rawValue
        execution = story.execution?.rawValue
    }
}

extension Event {
    /// The name of the command that it schedules, for the events that answer it.
    package var commandName: (command: CommandID, name: String)? {
        switch body {
        case .activityScheduled(let scheduled): (scheduled.command, scheduled.name)
        case .timerScheduled(let timer): (timer.command, timer.name)
        case .subWorkflowScheduled(let scheduled): (scheduled.command, scheduled.workflow)
        case .signalScheduled(let signal): (signal.command, signal.name)
        default: nil
        }
    }
}
