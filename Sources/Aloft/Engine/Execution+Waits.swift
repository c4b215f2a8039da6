internal import AloftCore

/// Something that workflow code waits for.
package struct Wait: Sendable {
    package var subject: String
    package var location: SourceLocation?
}

extension Execution {
    package var waits: [Wait] {
        activities.keys.sorted().map { Wait(subject: "activity \(activities[$0]?.name ?? "")", location: nil) }
            + timers.keys.sorted().map { Wait(subject: "timer #\($0)", location: nil) }
            + signals.keys.sorted().filter { signals[$0]?.waiters.isEmpty == false }.map {
                Wait(subject: "signal \($0)", location: nil)
            } + conditions.map { _ in Wait(subject: "a condition", location: nil) }
    }
}
