internal import AloftCore
internal import AloftInsight

/// A history as a timeline to read: one line an event, with how long after the one before it came.
struct HistoryText {
    /// Whether payloads, causes and backtraces are told whole, on lines of their own.
    var isWhole = false
    private var last: Moment?
    private var lastDate = ""

    init(isWhole: Bool = false) { self.isWhole = isWhole }

    /// The lines of the next events.
    mutating func lines(_ events: [HistoryLine], _ terminal: Terminal) -> [Styled] {
        events.flatMap { lines($0, terminal) }
    }

    private mutating func lines(_ event: HistoryLine, _ terminal: Terminal) -> [Styled] {
        var lines: [Styled] = []
        if event.time.date != lastDate {
            lastDate = event.time.date
            lines.append(Styled("        \(lastDate) UTC", .faint))
        }
        let gap = last.map { event.time.timestamp - $0.timestamp } ?? .zero
        last = event.time
        var line = Styled("\(event.number)", .faint).padded(to: 6, onLeft: true)
        line += Styled("  \(event.time.time)  ")
        line += Styled(gap > .zero ? "+\(Quantity.duration(gap))" : "", .faint).padded(to: 13, onLeft: true)
        // What came from outside, and what the code decided.
        line += Styled(event.isInput ? "  → " : "  ← ", event.isInput ? .cyan : .faint)
        line += Styled(event.text, tint(event))
        if let failure = event.failure { line += Styled("  \(failure.summary)", .red) }
        if !isWhole, let payload = event.payload, !payload.isEmpty {
            line += Styled("  \(PayloadText.summary(payload, limit: 200))", .faint)
        }
        for fact in event.facts where isWhole || fact.name != "retry" {
            line += Styled("  \(fact.name) \(fact.value)", .faint)
        }
        lines.append(terminal.width.map { line.cut(to: $0) } ?? line)
        if isWhole { lines += details(event) }
        return lines
    }

    private func details(_ event: HistoryLine) -> [Styled] {
        var texts: [(String?, String)] = []
        if let payload = event.payload, !payload.isEmpty {
            texts.append((event.payloadName, PayloadText.lines(payload)))
        }
        if let failure = event.failure {
            texts += failure.causes.map { (nil, "caused by \($0.type): \($0.message)") }
            if let details = failure.details, !details.isEmpty { texts.append(("details", PayloadText.lines(details))) }
            if let backtrace = failure.backtrace { texts.append(("backtrace", backtrace)) }
        }
        let indent = String(repeating: " ", count: 39)
        return texts.flatMap { name, text in
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            return lines.enumerated().map { index, line in
                Styled(indent) + (index == 0 ? Styled(name.map { "\($0) " } ?? "", .faint) : "") + Styled(line)
            }
        }
    }

    private func tint(_ event: HistoryLine) -> Tint? {
        switch event.kind {
        case "activityFailed", "subWorkflowFailed", "workflowFailed", "workflowTimedOut", "signalFailed": .red
        case "started", "workflowCompleted": .green
        case "cancelRequested", "workflowCancelled", "timerCancelled": .yellow
        case "workflowTerminated": .magenta
        default: nil
        }
    }
}
