import Aloft

/// What must hold for the history of a finished execution, whatever its workflow does.
struct HistoryCheck {
    /// Numbers that are missing or come twice, or events that nobody asked for.
    private(set) var contradictions: [String] = []
    /// Something that has two outcomes or two ends.
    private(set) var duplicates: [String] = []
    /// The effects whose activities have completed.
    private(set) var completedEffects: Set<String> = []

    init(_ history: [Event]) {
        if history.map(\.number) != Array(1...max(1, history.count)) {
            contradictions.append("its events are numbered \(history.map(\.number))")
        }
        if !Self.hasItsBeginning(history) { contradictions.append("it does not begin with its start") }
        var asked: Set<CommandID> = []
        var answered: Set<CommandID> = []
        var effects: [CommandID: String] = [:]
        var ends = 0
        for event in history {
            switch event.body.role {
            case .decision(let command):
                if !asked.insert(command).inserted { contradictions.append("two decisions have the number \(command)") }
            case .answer(let command):
                if !asked.contains(command) { contradictions.append("event \(event.number) answers nothing") }
                if !answered.insert(command).inserted { duplicates.append("\(command) has two outcomes") }
            case .end: ends += 1
            case .other: break
            }
            switch event.body {
            case .activityScheduled(let scheduled):
                let step = try? PayloadCoder().decode(ChaosActivities.Step.self, from: scheduled.input)
                effects[scheduled.command] = step?.effect
            case .activityCompleted(let command, _):
                if let effect = effects[command] { completedEffects.insert(effect) }
            default: break
            }
        }
        if ends > 1 { duplicates.append("it has \(ends) ends") }
        if ends == 0 { contradictions.append("it has no end") }
        if ends == 1, let last = history.last, case .end = last.body.role {
        } else if ends == 1 {
            contradictions.append("something comes after its end")
        }
    }

    /// What is ended from outside before its code ran has its end and nothing else.
    private static func hasItsBeginning(_ history: [Event]) -> Bool {
        switch history.first?.body {
        case .started: true
        case .workflowTerminated, .workflowTimedOut: history.count == 1
        default: false
        }
    }
}

private enum Role {
    case decision(CommandID)
    case answer(CommandID)
    case end
    case other
}

extension EventBody {
    fileprivate var role: Role {
        switch self {
        case .activityScheduled, .timerScheduled, .subWorkflowScheduled, .signalScheduled:
            command.map { .decision($0) } ?? .other
        case .activityCompleted(let command, _), .activityFailed(let command, _), .timerFired(let command),
            .subWorkflowCompleted(let command, _), .subWorkflowFailed(let command, _), .signalDelivered(let command),
            .signalFailed(let command, _):
            .answer(command)
        case .workflowCompleted, .workflowFailed, .workflowCancelled, .workflowTerminated, .workflowTimedOut,
            .continuedAsNew:
            .end
        // A timer that was cancelled may have fired by then: two that are due together, the first of which cancels the other.
        default: .other
        }
    }
}
