/// Which suspects may be on trial at a time: few that were met by one crash, and one at a time of those that were met by more,
/// with no other beside it. In the order in which they came.
package struct SuspectLane {
    package let width: Int
    /// The crashes of those that are on trial.
    private var running: [Int: Int] = [:]
    private var waiting: [(ticket: Int, crashes: Int)] = []
    private var lastTicket = 0

    /// - Parameter slots: How many things the worker runs at a time. As many suspects as its square root: so the trials of those
    ///   with one crash and of those that are left with two take equally long.
    package init(slots: Int) { width = max(1, Int(Double(slots).squareRoot())) }

    /// The number of suspects that are on trial, or wait for that.
    package var count: Int { running.count + waiting.count }

    /// Asks for a trial. - Returns: Whether it may begin now.
    package mutating func request(crashes: Int) -> (ticket: Int, mayBegin: Bool) {
        lastTicket += 1
        waiting.append((lastTicket, crashes))
        return (lastTicket, admit().contains(lastTicket))
    }

    /// A trial is over, or is not wanted any more. - Returns: Those that may begin now.
    package mutating func leave(_ ticket: Int) -> [Int] {
        if running.removeValue(forKey: ticket) == nil { waiting.removeAll { $0.ticket == ticket } }
        return admit()
    }

    private mutating func admit() -> [Int] {
        var admitted: [Int] = []
        while let first = waiting.first, hasRoom(for: first.crashes) {
            waiting.removeFirst()
            running[first.ticket] = first.crashes
            admitted.append(first.ticket)
        }
        return admitted
    }

    private func hasRoom(for crashes: Int) -> Bool {
        guard crashes < 2 else { return running.isEmpty }
        return running.count < width && !running.values.contains { $0 >= 2 }
    }

    /// How long a trial takes, if nothing happens: longer with each crash, so that what crashes late is found, too.
    package static func duration(crashes: Int, first: Duration) -> Duration {
        var duration = first
        for _ in 1..<max(2, min(crashes, 8)) where crashes > 1 { duration *= 6 }
        return duration
    }
}
