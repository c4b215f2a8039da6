import AloftCore
import AloftInsight

/// The timeline as rows of bars on one axis of time.
struct TimelineModel {
    struct Row {
        var name: String
        var kind: String
        var style: String
        var bar: String
        var note: String
        var link: String?
        var tip: String
    }

    struct Tick {
        var tickLabel: String
    }

    /// More rows than these tell nobody anything; the same things are put together then.
    static let mostRows = 120

    var rows: [Row]
    var ticks: [Tick]
    var summary: String
    var condensedNote: String?

    init(_ report: InstanceReport, base: String) {
        let timeline = report.timeline.condensed(to: Self.mostRows)
        let axis = Axis(from: timeline.from.timestamp, to: timeline.to.timestamp)
        let groups = Dictionary(grouping: report.timeline.rows) { Group(kind: $0.kind, name: $0.name) }
        rows = timeline.rows.map { row in
            let group = row.count > 1 ? groups[Group(kind: row.kind, name: row.name)] ?? [] : []
            return Self.row(row, group, axis, report, base: base)
        }
        ticks = axis.labels.map { Tick(tickLabel: $0) }
        let count = report.timeline.rows.count
        summary = "\(Quantity.count(count, "step")) in \(Quantity.duration(axis.length))"
        var notes: [String] = []
        if timeline.rows.contains(where: { $0.count > 1 }) {
            notes.append("Steps of the same kind and name share a row, since there are \(Quantity.count(count)).")
        }
        let drawn = timeline.rows.reduce(0) { $0 + $1.count }
        if drawn < count { notes.append("The first \(Quantity.count(count - drawn, "step")) are not drawn.") }
        if timeline.skippedEvents > 0 {
            notes.append(
                "The first \(Quantity.count(timeline.skippedEvents, "event")) of this long history are not drawn."
            )
        }
        condensedNote = notes.isEmpty ? nil : notes.joined(separator: " ")
    }

    /// What shares a row where there are too many for one each.
    private struct Group: Hashable {
        var kind: TimelineRow.Kind
        var name: String
    }

    /// An axis of time; everything on it is a share of its length, in percent.
    private struct Axis {
        let from: Timestamp
        let length: Duration

        init(from: Timestamp, to: Timestamp) {
            self.from = from
            length = max(.milliseconds(1), to - from)
        }

        func percent(_ moment: Timestamp) -> Double { min(100, max(0, (moment - from) / length * 100)) }

        var labels: [String] { (0..<5).map { $0 == 0 ? "0" : "+\(Quantity.duration(length * $0 / 5))" } }
    }

    private static func row(
        _ row: TimelineRow,
        _ group: [TimelineRow],
        _ axis: Axis,
        _ report: InstanceReport,
        base: String
    ) -> Row {
        let start = axis.percent(row.from.timestamp)
        let isOpen = row.to == nil
        let end = row.to.map { axis.percent($0.timestamp) } ?? 100
        let style = row.outcome.rawValue
        var tip = "\(row.kind.title) \(row.name): \(words(row))"
        if let error = row.error { tip += " (\(error))" }
        let took = (row.to ?? report.readAt).timestamp - row.from.timestamp
        var note = row.count > 1 ? "× \(Quantity.count(row.count))" : row.from == row.to ? "" : Quantity.duration(took)
        if row.failures > 0, row.count > 1 { note += ", \(Quantity.count(row.failures)) failed" }
        if let attempt = row.attempt, attempt > 1 { note += ", attempt \(attempt)" }
        let event = max(0, (row.event - 1) / InstancePage.eventsPerPage * InstancePage.eventsPerPage)
        let address =
            row.instance.map { Link.instance($0, base: base) }
            ?? "\(Link.instance(report.instance.id, base: base))&after=\(event)#event-\(Quantity.count(row.event))"
        return Row(
            name: row.name,
            kind: row.kind.title,
            style: style,
            bar: group.isEmpty
                ? bar(from: start, to: end, style: style, kind: row.kind, isMoment: row.from == row.to, isOpen: isOpen)
                : density(group, axis),
            note: note,
            link: address,
            tip: tip
        )
    }

    private static func words(_ row: TimelineRow) -> String {
        switch row.outcome {
        case .waiting: "no outcome yet"
        case .dropped: "without an outcome when the execution ended"
        default: row.outcome.rawValue
        }
    }

    /// How many of a group were under way at each time, as columns; those in which some failed in their colour.
    private static func density(_ group: [TimelineRow], _ axis: Axis) -> String {
        let count = 100
        var active = [Int](repeating: 0, count: count)
        var failed = [Bool](repeating: false, count: count)
        func column(_ moment: Moment) -> Int {
            min(count - 1, Int(axis.percent(moment.timestamp) * Double(count) / 100))
        }
        for row in group {
            let last = row.to.map(column) ?? count - 1
            for index in min(column(row.from), last)...last { active[index] += 1 }
            if row.outcome == .failed { failed[last] = true }
        }
        let most = Double(max(active.max() ?? 1, 1))
        return active.indices.filter { active[$0] > 0 }.map { index in
            let height = 3 + 13 * Double(active[index]) / most
            let style = failed[index] ? "failed" : group[0].outcome == .waiting ? "waiting" : group[0].outcome.rawValue
            let width = 100 / Double(count)
            return "<rect class=\"bar \(style)\" x=\"\(SVG.number(Double(index) * width))%\" "
                + "y=\"\(SVG.number(19 - height))\" width=\"\(SVG.number(width * 0.82))%\" height=\"\(SVG.number(height))\"/>"
        }.joined()
    }

    private static func bar(
        from start: Double,
        to end: Double,
        style: String,
        kind: TimelineRow.Kind,
        isMoment: Bool,
        isOpen: Bool
    ) -> String {
        let classes = "bar \(style) k-\(kind.rawValue)\(isOpen ? " open" : "")"
        if isMoment {
            // Kept inside of the picture at both ends.
            let x = min(99.4, max(0.6, start))
            return "<circle class=\"\(classes)\" cx=\"\(SVG.number(x))%\" cy=\"11\" r=\"4.5\"/>"
        }
        let x = min(99.4, start)
        let width = max(0.6, end - x)
        return
            "<rect class=\"\(classes)\" x=\"\(SVG.number(x))%\" y=\"5\" width=\"\(SVG.number(width))%\" height=\"12\" rx=\"3\"/>"
    }
}
