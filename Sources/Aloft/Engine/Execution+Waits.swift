internal import AloftCore
internal import Foundation

/// Something that workflow code waits for, for people.
package struct Wait: Sendable {
    /// What it is: "activity Charge", "signal approval".
    package var subject: String
    /// Where the code asked for it.
    package var location: SourceLocation?

    package init(subject: String, location: SourceLocation?) {
        self.subject = subject
        self.location = location
    }

    /// The wait in a few words.
    package var text: String { location.map { "\(subject) at \($0.text)" } ?? subject }
}

/// Where and as how manieth a wait began.
struct WaitMark {
    let order: Int
    let location: SourceLocation?
}

extension Execution {
    /// The mark of a wait that begins now.
    func markWait(at location: SourceLocation?) -> WaitMark {
        lastWait += 1
        return WaitMark(order: lastWait, location: location)
    }

    /// What the code waits for, in the order in which it began to. Not to be asked while the execution is fed.
    package var waits: [Wait] {
        var found: [(mark: WaitMark, subject: String)] = []
        for wait in activities.values { found.append((wait.mark, "activity \(wait.name)")) }
        for wait in timers.values { found.append((wait.mark, "timer \(wait.name), due \(Self.text(of: wait.due))")) }
        for condition in conditions { found.append((condition.mark, "a condition")) }
        for wait in innerWaits.values { found.append((wait.mark, wait.subject())) }
        return found.sorted { $0.mark.order < $1.mark.order }
            .map { Wait(subject: $0.subject, location: $0.mark.location) }
    }

    private static func text(of moment: Timestamp) -> String {
        moment.date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
