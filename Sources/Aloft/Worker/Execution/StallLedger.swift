package import AloftCore

/// Which workflow code holds its thread, and for how long. A plain value: the watchdog holds it behind a lock and looks at it
/// again and again.
///
/// Between two looks no more time counts than there should be between them. What goes beyond that is time in which the process
/// was stopped or starved: the watchdog did not run, and neither did the code, which is not to blame for it.
package struct StallLedger {
    package struct Watched {
        package let instance: InstanceID
        package let task: WorkflowTask?
        /// On a clock that stands still while the machine is suspended.
        let since: SuspendingClock.Instant
        /// For how long it has held its thread while it was looked at.
        var held = Duration.zero
        var isReported = false
    }

    private let limit: Duration
    private var lastTicket = 0
    private var watched: [Int: Watched] = [:]
    private var lastLook: SuspendingClock.Instant?

    package init(limit: Duration) { self.limit = limit }

    /// How often it is to be looked at.
    package var interval: Duration { limit / 4 }

    /// Workflow code begins to run. - Returns: What to end it by.
    package mutating func enter(
        _ instance: InstanceID,
        _ task: WorkflowTask?,
        at now: SuspendingClock.Instant
    ) -> Int {
        lastTicket += 1
        watched[lastTicket] = Watched(instance: instance, task: task, since: now)
        return lastTicket
    }

    package mutating func leave(_ ticket: Int) { watched[ticket] = nil }

    /// - Returns: What has held its thread for longer than the limit, each once.
    package mutating func look(at now: SuspendingClock.Instant) -> [Watched] {
        let step = min(lastLook.map { now - $0 } ?? interval, interval)
        lastLook = now
        var stalled: [Watched] = []
        for ticket in watched.keys.sorted() {
            guard var item = watched[ticket], !item.isReported else { continue }
            item.held += min(step, now - item.since)
            item.isReported = item.held > limit
            watched[ticket] = item
            if item.isReported { stalled.append(item) }
        }
        return stalled
    }
}
