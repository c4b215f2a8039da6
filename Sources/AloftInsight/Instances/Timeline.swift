public import AloftCore

/// What happened in an execution, row by row in the order of its history.
public struct Timeline: Hashable, Sendable, Codable {
    public var rows: [TimelineRow]
    /// Its first and its last moment; of an open execution the last is that at which it was looked at.
    public var from: Moment
    public var to: Moment
    /// How many events before these were not looked at, since the history is long.
    public var skippedEvents: Int

    /// - Parameters:
    ///   - events: A history or the end of one, in order.
    ///   - pending: The activities without an outcome, for their attempts.
    ///   - now: The end of what is still open.
    public init(_ events: [Event], pending: [PendingActivityView] = [], now: Timestamp) {
        var builder = TimelineBuilder()
        for event in events { builder.add(event) }
        rows = builder.finish(attempts: Dictionary(pending.map { ($0.command, $0.attempt) }) { first, _ in first })
        let first = events.first?.timestamp ?? now
        from = first.moment
        to = max(first, builder.endedAt ?? max(now, events.last?.timestamp ?? now)).moment
        skippedEvents = max(0, (events.first?.number ?? 1) - 1)
    }

    /// Rows for at most so many: where there are more, those of the same kind and name are one.
    public func condensed(to limit: Int) -> Timeline {
        guard rows.count > limit else { return self }
        var result = self
        result.rows = []
        var places: [String: Int] = [:]
        for row in rows {
            let name = "\(row.kind.rawValue)\0\(row.name)"
            if let place = places[name] {
                result.rows[place].absorb(row)
            } else {
                places[name] = result.rows.count
                result.rows.append(row)
                result.rows[result.rows.count - 1].failures = row.outcome == .failed ? 1 : 0
            }
        }
        // Different names without end: what came first is dropped and counted as if it had not been looked at.
        if result.rows.count > limit { result.rows.removeFirst(result.rows.count - limit) }
        return result
    }
}

extension TimelineRow {
    /// Stands for another one, too. What is open outweighs what is over, and a failure outweighs a success.
    fileprivate mutating func absorb(_ other: TimelineRow) {
        count += other.count
        failures += other.outcome == .failed ? 1 : 0
        from = min(from, other.from)
        to = to.flatMap { end in other.to.map { max(end, $0) } }
        (command, instance, due) = (nil, nil, nil)
        if other.outcome == .waiting || outcome != .waiting && other.outcome == .failed { outcome = other.outcome }
        error = other.error ?? error
        attempt = other.attempt ?? attempt
    }
}
