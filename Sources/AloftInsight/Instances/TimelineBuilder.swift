import AloftCore

/// Makes rows of events: an output opens one, the input that answers it closes it.
struct TimelineBuilder {
    private var rows: [TimelineRow] = []
    /// The rows without an outcome, by command.
    private var open: [CommandID: Int] = [:]
    /// When the execution ended.
    private(set) var endedAt: Timestamp?

    mutating func add(_ event: Event) {
        switch event.body {
        case .started: break
        case .activityScheduled(let scheduled): begin(.activity, scheduled.name, scheduled.command, event)
        case .activityCompleted(let command, _): end(command, event, .completed)
        case .activityFailed(let command, let failure): end(command, event, .failed, failure)
        case .timerScheduled(let timer):
            begin(.timer, timer.name, timer.command, event) { $0.due = timer.due.moment }
        case .timerFired(let command): end(command, event, .fired)
        case .timerCancelled(let command): end(command, event, .cancelled)
        case .subWorkflowScheduled(let scheduled):
            begin(.subWorkflow, scheduled.workflow, scheduled.command, event) {
                $0.instance = scheduled.instance.rawValue
            }
        case .subWorkflowCompleted(let command, _): end(command, event, .completed)
        case .subWorkflowFailed(let command, let failure):
            end(command, event, failure.kind == .cancelled ? .cancelled : .failed, failure)
        case .subWorkflowCancelRequested: break
        case .signalScheduled(let signal):
            begin(.outgoingSignal, signal.name, signal.command, event) { $0.instance = signal.instance.rawValue }
        case .signalDelivered(let command): end(command, event, .delivered)
        case .signalFailed(let command, let failure): end(command, event, .failed, failure)
        case .sideEffectRecorded(let command, _): moment(.sideEffect, "side effect", event, .recorded, command)
        case .signalReceived(let name, _): moment(.signal, name, event, .delivered)
        case .cancelRequested(let reason):
            moment(.cancelRequest, reason.isEmpty ? "cancel" : reason, event, .delivered)
        case .workflowCompleted, .workflowFailed, .workflowCancelled, .workflowTerminated, .workflowTimedOut,
            .continuedAsNew:
            endedAt = event.timestamp
        }
    }

    /// - Parameter attempts: The attempts that open activities are at.
    mutating func finish(attempts: [Int: Int]) -> [TimelineRow] {
        for index in open.values {
            if let command = rows[index].command { rows[index].attempt = attempts[command] }
            guard let endedAt else { continue }
            rows[index].outcome = .dropped
            rows[index].to = endedAt.moment
        }
        return rows
    }

    private mutating func begin(
        _ kind: TimelineRow.Kind,
        _ name: String,
        _ command: CommandID,
        _ event: Event,
        _ change: (inout TimelineRow) -> Void = { _ in }
    ) {
        var row = TimelineRow(
            kind: kind,
            name: name,
            command: command.number,
            event: event.number,
            from: event.timestamp.moment
        )
        change(&row)
        open[command] = rows.count
        rows.append(row)
    }

    /// What began before the first event that was looked at has no row.
    private mutating func end(
        _ command: CommandID,
        _ event: Event,
        _ outcome: TimelineRow.Outcome,
        _ failure: Failure? = nil
    ) {
        guard let index = open.removeValue(forKey: command) else { return }
        rows[index].to = event.timestamp.moment
        rows[index].outcome = outcome
        rows[index].error = failure.map { FailureView($0).summary }
    }

    private mutating func moment(
        _ kind: TimelineRow.Kind,
        _ name: String,
        _ event: Event,
        _ outcome: TimelineRow.Outcome,
        _ command: CommandID? = nil
    ) {
        let at = event.timestamp.moment
        rows.append(
            TimelineRow(
                kind: kind,
                name: name,
                command: command?.number,
                event: event.number,
                from: at,
                to: at,
                outcome: outcome
            )
        )
    }
}
