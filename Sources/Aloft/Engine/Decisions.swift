package import AloftCore

/// What an execution decided in answer to one or several inputs.
package struct Decisions: Hashable, Sendable {
    /// The inputs and, behind each, the outputs that it caused; numbered on from the history so far.
    package var events: [Event] = []
    package var activities: [EventBody.ActivityScheduled] = []
    package var timers: [EventBody.TimerScheduled] = []
    /// Timers that the store may still hold and that nobody waits for any more.
    package var cancelledTimers: [CommandID] = []
    package var completion: Completion?

    package init() {}

    /// Adds an output and its effect.
    mutating func add(_ event: Event) {
        events.append(event)
        switch event.body {
        case .activityScheduled(let scheduled): activities.append(scheduled)
        case .timerScheduled(let scheduled): timers.append(scheduled)
        case .timerCancelled(let command): drop(timer: command)
        default: completion = completion ?? Completion(event.body)
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
