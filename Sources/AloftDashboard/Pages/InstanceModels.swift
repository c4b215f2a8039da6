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
