package import AloftCore

/// Compares what the code does with what the history says it did. A value without side effects, so that tests drive it.
///
/// While replaying, the engine gives it for each input the outputs that the history holds behind it, and then every output
/// that the code produces. While recording there is nothing to compare with.
package struct HistoryMatcher {
    /// The recorded outputs of the current input that the code has not produced yet; `nil` while recording.
    private var expected: ArraySlice<Event>?
    private var input: Event?

    package init() {}

    package var isReplaying: Bool { expected != nil }

    /// What the code did next when this was recorded; `nil` if it is for the code to decide.
    package var next: EventBody? { expected?.first?.body }

    /// From here on the code does things for the first time.
    package mutating func beginRecording() {
        expected = nil
        input = nil
    }

    /// From here on the code is to do what is recorded.
    package mutating func beginReplay(of input: Event, outputs: ArraySlice<Event>) {
        self.input = input
        expected = outputs
    }

    /// The recorded event that the code has just produced again; `nil` while recording.
    package mutating func match(_ produced: EventBody, at location: SourceLocation?) throws(TaskFailure) -> EventBody? {
        guard expected != nil else { return nil }
        guard let recorded = expected?.popFirst() else {
            let after = input.map { "after event \($0.number) (\($0.body.summary))" } ?? "here"
            throw TaskFailure(
                .nondeterminism,
                "nondeterministic workflow code: the history holds no further decision \(after), but the code did "
                    + "\(Self.account(of: produced))\(Self.place(location)). \(Self.hint)"
            )
        }
        guard recorded.body.isSameDecision(as: produced) else {
            throw TaskFailure(
                .nondeterminism,
                "nondeterministic workflow code: event \(recorded.number) of the history is \(recorded.body.summary), "
                    + "but the code did \(Self.account(of: produced))\(Self.place(location)). \(Self.hint)"
            )
        }
        return recorded.body
    }

    /// Everything recorded for the input must have been produced by now.
    ///
    /// - Parameter waits: What the code waits for instead.
    package func finish(waits: @autoclosure () -> [Wait] = []) throws(TaskFailure) {
        guard let missing = expected?.first else { return }
        let instead = waits().prefix(3).map(\.text).joined(separator: ", ")
        throw TaskFailure(
            .nondeterminism,
            "nondeterministic workflow code: event \(missing.number) of the history is \(missing.body.summary), "
                + "but the code no longer does that"
                + "\(instead.isEmpty ? "" : "; it waits for \(instead)"). \(Self.hint)"
        )
    }

    /// What the code did, in words. An end by an error has no place in the code: the error is what leads to it.
    private static func account(of produced: EventBody) -> String {
        guard case .workflowFailed(let failure) = produced else { return produced.summary }
        return "\(produced.summary) with \(failure.type): \(failure.message.prefix(200))"
    }

    private static func place(_ location: SourceLocation?) -> String {
        location.map { " at \($0.text)" } ?? ""
    }

    private static let hint =
        "Usually the workflow was changed while instances of it were open, or it depends on the clock, randomness, "
        + "the order of a Dictionary or Set, or state outside itself. The instance is unharmed: deploy code that fits "
        + "its history and it goes on."
}

extension EventBody {
    /// Whether two outputs are the same decision: kind, command and name. Inputs may differ, since encoders
    /// change and code may be corrected without harm.
    fileprivate func isSameDecision(as other: EventBody) -> Bool {
        switch (self, other) {
        case (.activityScheduled(let left), .activityScheduled(let right)):
            left.command == right.command && left.name == right.name
        case (.timerScheduled(let left), .timerScheduled(let right)):
            left.command == right.command && left.name == right.name
        case (.timerCancelled(let left), .timerCancelled(let right)): left == right
        case (.sideEffectRecorded(let left, _), .sideEffectRecorded(let right, _)): left == right
        case (.workflowCompleted, .workflowCompleted), (.workflowFailed, .workflowFailed),
            (.workflowCancelled, .workflowCancelled), (.continuedAsNew, .continuedAsNew):
            true
        case (.subWorkflowScheduled(let left), .subWorkflowScheduled(let right)):
            left.command == right.command && left.workflow == right.workflow && left.instance == right.instance
        case (.subWorkflowCancelRequested(let left), .subWorkflowCancelRequested(let right)): left == right
        case (.signalScheduled(let left), .signalScheduled(let right)):
            left.command == right.command && left.name == right.name && left.instance == right.instance
        default: false
        }
    }

    /// The event in a few words, for messages.
    package var summary: String {
        switch self {
        case .started(let started): "start of \(started.workflow)"
        case .activityCompleted(let command, _): "completion of activity #\(command)"
        case .activityFailed(let command, _): "failure of activity #\(command)"
        case .timerFired(let command): "firing of timer #\(command)"
        case .signalReceived(let name, _, _): "signal \(name)"
        case .cancelRequested: "request to cancel"
        case .activityScheduled(let scheduled): "activity #\(scheduled.command) \(scheduled.name)"
        case .timerScheduled(let scheduled): "timer #\(scheduled.command) \(scheduled.name)"
        case .timerCancelled(let command): "cancellation of timer #\(command)"
        case .sideEffectRecorded(let command, _): "side effect #\(command)"
        case .workflowCompleted: "completion of the workflow"
        case .workflowFailed: "failure of the workflow"
        case .workflowCancelled: "cancellation of the workflow"
        case .subWorkflowCompleted(let command, _): "completion of sub-workflow #\(command)"
        case .subWorkflowFailed(let command, _): "failure of sub-workflow #\(command)"
        case .signalDelivered(let command): "delivery of signal #\(command)"
        case .signalFailed(let command, _): "refusal of signal #\(command)"
        case .subWorkflowScheduled(let scheduled):
            "sub-workflow #\(scheduled.command) \(scheduled.workflow) (\(scheduled.instance))"
        case .subWorkflowCancelRequested(let command): "request to cancel sub-workflow #\(command)"
        case .signalScheduled(let scheduled):
            "signal #\(scheduled.command) \(scheduled.name) to \(scheduled.instance)"
        case .continuedAsNew: "continuation as new"
        case .workflowTerminated: "termination of the workflow"
        case .workflowTimedOut: "timeout of the workflow"
        }
    }
}
