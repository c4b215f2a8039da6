import AloftCore
import AloftInsight

/// A part of the history, event by event.
struct HistoryModel {
    struct Fact {
        var factName: String
        var factValue: String
        /// To the execution that it names.
        var factLink: String?
    }

    struct Line {
        var number: String
        var clock: String
        var iso: String
        var style: String
        var direction: String
        var text: String
        var facts: [Fact]
        var hasMore: Bool
        var payload: PayloadModel?
        var failure: FailureModel?
        var otherID: String?
        var otherLink: String?
        var preview: String
    }

    var lines: [Line]
    var hasLines: Bool
    var range: String
    var firstLink: String?
    var previousLink: String?
    var nextLink: String?
    var lastLink: String?
    /// Set if it is not that of the current execution.
    var otherExecution: String?
    var currentLink: String

    /// - Parameters:
    ///   - length: How many events there are; `nil`: that is not known, as of other executions than the current one.
    ///   - otherExecution: Set if it is not that of the current execution.
    init(_ page: HistoryPageView, after: Int, length: Int?, otherExecution: String?, base: String) {
        lines = page.events.map { Self.line($0, of: page.instance, base: base) }
        self.otherExecution = otherExecution
        let instance = Link.instance(page.instance, base: base)
        currentLink = "\(instance)#history"
        hasLines = !lines.isEmpty
        let last = page.events.last?.number ?? after
        let first = page.events.first?.number ?? after
        let shown = "\(Quantity.count(first))–\(Quantity.count(last))"
        range =
            switch length {
            case nil: "events \(shown)"
            case 0: "no events yet"
            case let length?: "\(shown) of \(Quantity.count(length, "event"))"
            }
        let size = InstancePage.eventsPerPage
        let place = otherExecution.map { Link.execution($0, of: page.instance, base: base) } ?? instance
        func link(_ number: Int) -> String { "\(place)&after=\(number)#history" }
        firstLink = after > 0 ? link(0) : nil
        previousLink = after > size ? link(max(0, after - size)) : nil
        nextLink = page.next.map(link)
        let end = max(0, (length ?? 0) - 1) / size * size
        lastLink = page.next != nil && end > (page.next ?? 0) ? link(end) : nil
    }

    private static func line(_ event: HistoryLine, of instance: String, base: String) -> Line {
        Line(
            number: Quantity.count(event.number),
            clock: String(event.time.time),
            iso: event.time.description,
            style: style(event),
            direction: event.isInput ? "happened" : "decided",
            text: event.text,
            facts: event.facts.map { fact in
                let execution = event.execution.flatMap { $0 == fact.value ? $0 : nil }
                let link = execution.map { "\(Link.execution($0, of: instance, base: base))#history" }
                return Fact(factName: fact.name, factValue: fact.value, factLink: link)
            },
            hasMore: !event.facts.isEmpty || event.failure != nil || event.payload.map { !$0.isEmpty } ?? false,
            payload: event.payload.flatMap { payload in
                payload.isEmpty ? nil : PayloadModel(event.payloadName ?? "payload", payload, isFolded: false)
            },
            failure: event.failure.map { FailureModel($0) },
            otherID: event.instance,
            otherLink: event.instance.map { Link.instance($0, base: base) },
            preview: event.failure?.summary ?? event.payload?.summary(limit: 80) ?? ""
        )
    }

    private static func style(_ event: HistoryLine) -> String {
        if event.failure != nil { return "bad" }
        return switch event.kind {
        case "activityCompleted", "subWorkflowCompleted", "workflowCompleted", "signalDelivered": "good"
        case "cancelRequested", "timerCancelled", "subWorkflowCancelRequested": "warned"
        case "signalReceived", "timerFired", "started": "came"
        default: "plain"
        }
    }
}
