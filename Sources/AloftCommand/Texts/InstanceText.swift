internal import AloftCore
internal import AloftInsight

/// Instances for people.
enum InstanceText {
    static func tint(ofStatus status: String) -> Tint {
        switch status {
        case "running": .blue
        case "completed": .green
        case "failed", "timed out": .red
        case "cancelled": .yellow
        default: .magenta
        }
    }

    static func status(_ instance: InstanceView) -> Styled {
        if instance.isQuarantined { return Styled("quarantined", .magenta) }
        if instance.isOpen, instance.beginsAt != nil { return Styled("delayed", .cyan) }
        return Styled(instance.status, tint(ofStatus: instance.status))
    }

    /// One line each; where a terminal is too narrow for what they wait for, with a second line for that.
    static func list(_ instances: [InstanceView], now: Timestamp, _ terminal: Terminal) -> [Styled] {
        let columns: [Table.Column] = [
            .init("ID", minimum: 12), .init("WORKFLOW", minimum: 10), .init("STATUS"), .init("STARTED", isRight: true),
            .init("TOOK", isRight: true), .init("EVENTS", isRight: true),
        ]
        let places = instances.map(place)
        var table = Table(columns)
        var wide = Table(columns + [.init("WHERE IT IS")])
        for (instance, place) in zip(instances, places) {
            let cells = [
                Styled(instance.id, .bold), Styled(instance.workflow), status(instance),
                Styled(since(instance.startedAt, now)), Styled(Quantity.duration(instance.duration(until: now))),
                Styled(Quantity.count(instance.historyLength)),
            ]
            table.add(cells)
            wide.add(cells + [place])
        }
        if terminal.width.map({ wide.naturalWidth <= $0 }) ?? true { return wide.lines(terminal) }
        var lines = table.lines(terminal)
        let head = [lines.removeFirst()]
        return head
            + zip(lines, places).flatMap { line, place in
                place.isEmpty ? [line] : [line, ("  " + place).cut(to: terminal.width ?? .max)]
            }
    }

    /// What there is to say in a few words.
    private static func place(_ instance: InstanceView) -> Styled {
        if let problem = instance.problem { return Styled(problem, .red) }
        if let wait = instance.waitText { return Styled(wait, .faint) }
        return instance.isOpen ? Styled("on queue \(instance.queue)", .faint) : ""
    }

    /// "12 s ago", and after a day the day.
    static func since(_ moment: Moment, _ now: Timestamp) -> String {
        let age = now - moment.timestamp
        if age < .zero { return "in \(Quantity.duration(.zero - age))" }
        return age < .seconds(86_400) ? "\(Quantity.duration(age)) ago" : "\(moment.date) \(moment.time.prefix(5))"
    }

    /// Everything of one.
    ///
    /// - Parameter isBrief: Without input and result, for a screen that is drawn again and again.
    static func report(_ report: InstanceReport, isBrief: Bool = false, _ terminal: Terminal) -> [Styled] {
        let instance = report.instance
        let now = report.readAt.timestamp
        var lines = [Styled(instance.id, .bold) + "  " + status(instance)]
        lines += facts(report, now)
        if let problem = instance.problem {
            let lead = instance.isQuarantined ? "" : "Its last task could not be carried out: "
            lines += ["", Styled(lead, .red) + Styled(problem, instance.isQuarantined ? .red : nil)]
            if instance.isQuarantined {
                lines.append(
                    Styled("When a deployment has mended the code, let it go on with \"aloft release\".", .faint)
                )
            }
        }
        if let backtrace = instance.backtrace { lines += block("What the last worker wrote when it died", backtrace) }
        if !instance.waits.isEmpty {
            lines += ["", Styled("Waits for", .faint)]
            lines += instance.waits.map { "  \($0.text)" }
        }
        if !isBrief {
            lines += payload("Input", report.input, terminal)
            lines += payload("Result", report.result, terminal)
        }
        if let failure = report.failure { lines += FailureText.lines(failure, title: "Error", terminal) }
        lines += TimelineText.lines(report.timeline, terminal)
        if !report.children.isEmpty {
            lines += ["", Styled("Sub-workflows", .faint)]
            lines += report.children.map {
                Styled("  \($0.id)", .bold) + "  \($0.workflow)  " + Styled($0.outcome.rawValue, .faint)
            }
        }
        return lines
    }

    private static func facts(_ report: InstanceReport, _ now: Timestamp) -> [Styled] {
        let instance = report.instance
        var facts: [(String, String)] = [
            ("workflow", instance.workflow), ("queue", instance.queue),
            ("started", "\(instance.startedAt), \(since(instance.startedAt, now))"),
        ]
        if let begins = instance.beginsAt { facts.append(("begins", "\(begins), \(since(begins, now))")) }
        if let finished = instance.finishedAt { facts.append(("ended", "\(finished)")) }
        facts.append((instance.isOpen ? "open for" : "took", Quantity.duration(instance.duration(until: now))))
        if let deadline = instance.deadline, instance.isOpen {
            facts.append(("times out", "\(deadline), \(since(deadline, now))"))
        }
        facts.append(("history", Quantity.count(instance.historyLength, "event")))
        facts.append(("execution", instance.execution))
        if let parent = instance.parent { facts.append(("parent", parent.id)) }
        if let worker = instance.worker { facts.append(("in memory of", worker)) }
        if instance.crashes > 0 { facts.append(("killed", Quantity.count(instance.crashes, "worker"))) }
        facts += instance.memo.sorted { $0.key < $1.key }.map { ("memo \($0.key)", $0.value) }
        let width = facts.map { DisplayWidth.of($0.0.visible) }.max() ?? 0
        return facts.map { Styled($0.0, .faint).padded(to: width + 2) + Styled($0.1) }
    }

    static func payload(_ title: String, _ payload: PayloadView?, _ terminal: Terminal) -> [Styled] {
        guard let payload, !payload.isEmpty else { return [] }
        return block(title, PayloadText.lines(payload))
    }

    /// A title, and lines under it.
    static func block(_ title: String, _ text: String) -> [Styled] {
        ["", Styled(title, .faint)]
            + text.split(separator: "\n", omittingEmptySubsequences: false).map { "  \(String($0))" }
    }
}

extension PayloadText {
    /// For people, over several lines.
    static func lines(_ payload: PayloadView) -> String {
        if let hidden = hidden(payload) { return hidden }
        return payload.note.map { "\(payload.lines)\n(\($0))" } ?? payload.lines
    }

    /// As JSON on one line, for programs; what is not JSON as base 64.
    ///
    /// - Throws: ``Refusal`` if it takes a key to read it.
    static func document(_ payload: PayloadView) throws -> String {
        if let hidden = hidden(payload) { throw Refusal(.badData, "the result is \(hidden)") }
        guard let json = payload.json else { return (payload.text ?? payload.base64 ?? "").visible }
        return String(decoding: try InsightJSON.encode(json), as: UTF8.self).visibleJSON
    }

    /// On one line.
    static func summary(_ payload: PayloadView, limit: Int) -> String {
        hidden(payload) ?? payload.summary(limit: limit)
    }

    /// What stands for a payload that cannot be read without a key.
    private static func hidden(_ payload: PayloadView) -> String? {
        guard payload.json == nil, let codec = payload.codec else { return nil }
        let size = Quantity.bytes(payload.size)
        guard codec == "aes-gcm" else { return "behind the codec \(codec), \(size)" }
        return payload.problem.map { "encrypted, \(size); \($0)" } ?? "encrypted, \(size); give --key-file to read it"
    }
}

/// Errors for people.
enum FailureText {
    static func lines(_ failure: FailureView, title: String, _ terminal: Terminal) -> [Styled] {
        var lines: [Styled] = ["", Styled(title, .faint)]
        lines.append(Styled("  \(failure.type): ", .red) + Styled(failure.message))
        lines += failure.causes.map { "  caused by \($0.type): \($0.message)" }
        if failure.kind != "thrown" || failure.isPermanent {
            lines.append(Styled("  kind \(failure.kind)\(failure.isPermanent ? ", permanent" : "")", .faint))
        }
        if let details = failure.details, !details.isEmpty {
            lines.append(Styled("  details ", .faint) + Styled(PayloadText.summary(details, limit: 200)))
        }
        if let backtrace = failure.backtrace { lines += InstanceText.block("Backtrace", backtrace) }
        return lines
    }
}
