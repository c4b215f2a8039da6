import AloftCore
import AloftInsight

struct HeadModel {
    struct Entry {
        var memoName: String
        var memoValue: String
    }

    var base: String
    var id: String
    var workflow: String
    var queue: String
    var queueLink: String
    var pill: PillModel
    var isOpen: Bool
    var execution: String
    var events: String
    var started: TimeModel
    var finished: TimeModel?
    var begins: TimeModel?
    var deadline: TimeModel?
    var took: String
    var worker: String?
    var workerLink: String?
    var problem: String?
    var isQuarantined: Bool
    var crashes: String?
    var backtrace: String?
    var memo: [Entry]
    var hasMemo: Bool

    init(_ report: InstanceReport, base: String, now: Timestamp) {
        let instance = report.instance
        self.base = base
        id = instance.id
        workflow = instance.workflow
        queue = instance.queue
        queueLink = Link.queue(instance.queue, base: base)
        pill = PillModel(instance)
        isOpen = instance.isOpen
        execution = instance.execution
        events = Quantity.count(instance.historyLength, "event")
        started = TimeModel(instance.startedAt)
        finished = instance.finishedAt.map { TimeModel($0) }
        begins = instance.beginsAt.map { TimeModel($0) }
        deadline = instance.isOpen ? instance.deadline.map { TimeModel($0) } : nil
        took = Quantity.duration(instance.duration(until: now))
        worker = instance.worker
        workerLink = instance.worker.map { Link.worker($0, base: base) }
        // The head says so itself.
        problem = instance.problem.map { $0.hasPrefix("quarantined: ") ? "\($0.dropFirst(13))." : $0 }
        isQuarantined = instance.isQuarantined
        crashes = instance.crashes > 0 ? Quantity.count(instance.crashes, "crash", "crashes") : nil
        backtrace = instance.backtrace?.visibleLines
        memo = instance.memo.sorted { $0.key < $1.key }.map { Entry(memoName: $0.key, memoValue: $0.value) }
        hasMemo = !memo.isEmpty
    }
}

struct ActionsModel {
    var base: String
    var csrf: String
    var id: String
    var isOpen: Bool
    var isQuarantined: Bool
    var mayTerminate: Bool
    var mayRemove: Bool
}

struct WaitsModel {
    struct Wait {
        var waitKind: String
        var waitName: String
        var waitStyle: String
        var location: String?
        var detail: String?
        var until: TimeModel?
        var childID: String?
        var childLink: String?
        /// Set if the activity may be told to have its next attempt at once.
        var retryCommand: String?
    }

    var base: String
    var csrf: String
    var id: String
    var waits: [Wait]
    var hasWaits: Bool
    var isQuarantined: Bool
}

struct DataModel {
    var payloads: [PayloadModel]
    var failure: FailureModel?
    var outcomeStyle: String

    init(_ report: InstanceReport) {
        payloads = []
        if let input = report.input { payloads.append(PayloadModel("Input", input)) }
        if let result = report.result { payloads.append(PayloadModel("Result", result)) }
        failure = report.failure.map { FailureModel($0) }
        outcomeStyle = report.instance.status.replacing(" ", with: "-")
    }
}

/// Parents above, children below.
struct FamilyModel {
    struct Member {
        var memberID: String
        var memberLink: String
        var memberWorkflow: String
        var pill: PillModel
    }

    struct Child {
        var memberID: String
        var memberLink: String
        var memberWorkflow: String
        var pill: PillModel
        var isOpen: Bool

        init(_ child: InstanceReport.Child, _ state: InstanceView?, base: String) {
            memberID = child.id
            memberLink = Link.instance(child.id, base: base)
            memberWorkflow = child.workflow
            isOpen = state?.isOpen ?? false
            pill = state.map { PillModel($0) } ?? PillModel(status: child.outcome == .waiting ? "starting" : "gone")
        }
    }

    /// The farthest first.
    var ancestors: [Member]
    var children: [Child]
    var selfID: String
    var selfWorkflow: String
    var selfPill: PillModel
    var hasChildren: Bool

    init(_ instance: InstanceView, _ ancestors: [InstanceView], _ children: [Child], base: String, now: Timestamp) {
        self.ancestors = ancestors.reversed().map {
            Member(
                memberID: $0.id,
                memberLink: Link.instance($0.id, base: base),
                memberWorkflow: $0.workflow,
                pill: PillModel($0)
            )
        }
        self.children = children
        selfID = instance.id
        selfWorkflow = instance.workflow
        selfPill = PillModel(instance)
        hasChildren = !children.isEmpty
    }
}

/// A part of the history, event by event.
struct HistoryModel {
    struct Fact {
        var factName: String
        var factValue: String
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

    init(_ page: HistoryPageView, after: Int, length: Int, base: String) {
        lines = page.events.map { Self.line($0, base: base) }
        hasLines = !lines.isEmpty
        let last = page.events.last?.number ?? after
        let first = page.events.first?.number ?? after
        range =
            length == 0
            ? "no events yet" : "\(Quantity.count(first))–\(Quantity.count(last)) of \(Quantity.count(length, "event"))"
        let size = InstancePage.eventsPerPage
        func link(_ number: Int) -> String {
            "\(Link.instance(page.instance, base: base))&after=\(number)#history"
        }
        firstLink = after > 0 ? link(0) : nil
        previousLink = after > size ? link(max(0, after - size)) : nil
        nextLink = page.next.map(link)
        let end = max(0, length - 1) / size * size
        lastLink = page.next != nil && end > (page.next ?? 0) ? link(end) : nil
    }

    private static func line(_ event: HistoryLine, base: String) -> Line {
        Line(
            number: Quantity.count(event.number),
            clock: String(event.time.time),
            iso: event.time.description,
            style: style(event),
            direction: event.isInput ? "happened" : "decided",
            text: event.text,
            facts: event.facts.map { Fact(factName: $0.name, factValue: $0.value) },
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
