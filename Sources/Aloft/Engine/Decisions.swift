package import AloftCore

/// What an execution decided in answer to one or several inputs.
package struct Decisions: Hashable, Sendable {
    /// The inputs and, behind each, the outputs that it caused; numbered on from the history so far.
    package var events: [Event] = []
    package var activities: [EventBody.ActivityScheduled] = []
    package var timers: [EventBody.TimerScheduled] = []
    /// Timers that the store may still hold and that nobody waits for any more.
    package var cancelledTimers: [CommandID] = []
    /// Sub-workflows to start.
    package var subWorkflows: [EventBody.SubWorkflowScheduled] = []
    /// Sub-workflows to ask to cancel.
    package var cancelledSubWorkflows: [CommandID] = []
    /// Signals to other instances.
    package var signals: [EventBody.SignalScheduled] = []
    package var completion: Completion?
    /// How many of the inputs are among `events`: none that came behind the end.
    package var consumedInputs = 0

    package init() {}

    /// Adds an output and its effect.
    mutating func add(_ event: Event) {
        events.append(event)
        switch event.body {
        case .activityScheduled(let scheduled): activities.append(scheduled)
        case .timerScheduled(let scheduled): timers.append(scheduled)
        case .timerCancelled(let command): drop(timer: command)
        case .subWorkflowScheduled(let scheduled): subWorkflows.append(scheduled)
        case .subWorkflowCancelRequested(let command): cancelledSubWorkflows.append(command)
        case .signalScheduled(let scheduled): signals.append(scheduled)
        default: break
        }
    }

    /// Takes a timer back: one that was set in the same go never reaches the store.
    mutating func drop(timer command: CommandID) {
        if let index = timers.lastIndex(where: { $0.command == command }) {
            timers.remove(at: index)
        } else {
            cancelledTimers.append(command)
        }
    }
}
