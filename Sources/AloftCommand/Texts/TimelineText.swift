internal import AloftCore
internal import AloftInsight

/// The steps of an execution, each as a bar from when to when.
enum TimelineText {
    private static let mostRows = 30
    private static let barWidth = 24

    static func lines(_ timeline: Timeline, _ terminal: Terminal) -> [Styled] {
        guard !timeline.rows.isEmpty else { return [] }
        let shown = timeline.condensed(to: mostRows)
        let span = timeline.to.timestamp - timeline.from.timestamp
        var table = Table([
            .init("STEP", minimum: 16), .init(""), .init("TOOK", isRight: true), .init("OUTCOME", minimum: 10),
        ])
        for row in shown.rows {
            table.add([
                Styled("  \(name(row))"), bar(row, timeline), Styled(took(row, timeline)), outcome(row),
            ])
        }
        let title = Styled("Timeline", .faint) + Styled("  \(timeline.from), \(Quantity.duration(span))", .faint)
        var lines: [Styled] = ["", title] + table.lines(terminal).dropFirst()
        if timeline.skippedEvents > 0 {
            lines.append(Styled("  without the first \(Quantity.count(timeline.skippedEvents, "event"))", .faint))
        }
        return lines
    }

    private static func name(_ row: TimelineRow) -> String {
        let kind =
            switch row.kind {
            case .activity: "activity"
            case .timer: "timer"
            case .signal: "signal"
            case .subWorkflow: "sub-workflow"
            case .sideEffect: ""
            case .outgoingSignal: "signal to \(row.instance ?? "others")"
            case .cancelRequest: "asked to"
            }
        let name = kind.isEmpty ? row.name : "\(kind) \(row.name)"
        return row.count > 1 ? "\(Quantity.count(row.count)) × \(name)" : name
    }

    private static func bar(_ row: TimelineRow, _ timeline: Timeline) -> Styled {
        let start = timeline.from.timestamp.milliseconds
        let length = max(1, timeline.to.timestamp.milliseconds - start)
        func column(_ moment: Moment) -> Int {
            let offset = max(0, min(length, moment.timestamp.milliseconds - start))
            return Int(Double(offset) / Double(length) * Double(barWidth))
        }
        let from = min(barWidth - 1, column(row.from))
        let to = max(from + 1, column(row.to ?? timeline.to))
        let mark = row.kind == .timer ? "─" : row.from == row.to ? "●" : "█"
        let tint: Tint =
            switch row.outcome {
            case .failed: .red
            case .waiting: .blue
            case .cancelled, .dropped: .yellow
            case .completed, .fired, .delivered, .recorded: .green
            }
        return Styled(String(repeating: "·", count: from), .faint)
            + Styled(String(repeating: mark, count: to - from), tint)
            + Styled(String(repeating: "·", count: barWidth - to), .faint)
    }

    private static func took(_ row: TimelineRow, _ timeline: Timeline) -> String {
        row.from == row.to ? "" : Quantity.duration((row.to ?? timeline.to).timestamp - row.from.timestamp)
    }

    private static func outcome(_ row: TimelineRow) -> Styled {
        var words = row.outcome.rawValue
        if row.failures > 0, row.count > 1 { words = "\(Quantity.count(row.failures)) failed" }
        if let attempt = row.attempt, attempt > 1 { words += ", attempt \(attempt)" }
        if let error = row.error { words += ": \(error)" }
        return Styled(words, row.outcome == .failed ? .red : .faint)
    }
}
