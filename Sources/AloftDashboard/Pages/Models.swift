import AloftCore
import AloftInsight

// What templates are filled with: texts, ready to be shown, and flags. Mustache finds stored properties by name, and looks
// for what is missing in the models around it: names are therefore never used for two things.

/// A moment: for people, and for the script, which makes it "3 min ago".
struct TimeModel {
    var iso: String
    var shown: String

    init(_ moment: Moment) {
        iso = moment.description
        shown = "\(moment.date) \(moment.time.prefix(8))"
    }
}

/// A status as a coloured pill.
struct PillModel {
    var style: String
    var word: String

    init(_ instance: InstanceView) {
        if instance.isQuarantined {
            self.init(style: "quarantined", word: "quarantined")
        } else if instance.isOpen, instance.problem != nil {
            self.init(style: "troubled", word: "running")
        } else {
            self.init(status: instance.status)
        }
    }

    init(status: String) { self.init(style: status.replacing(" ", with: "-"), word: status) }

    private init(style: String, word: String) {
        self.style = style
        self.word = word
    }
}

/// A row of a list of instances.
struct InstanceRowModel {
    var rowID: String
    var rowLink: String
    var rowWorkflow: String
    var rowQueue: String
    var pill: PillModel
    var started: TimeModel
    var finished: TimeModel?
    var took: String
    var rowProblem: String?
    var rowWait: String?
    var rowEvents: String

    init(_ instance: InstanceView, base: String, now: Timestamp) {
        rowID = instance.id
        rowLink = Link.instance(instance.id, base: base)
        rowWorkflow = instance.workflow
        rowQueue = instance.queue
        pill = PillModel(instance)
        started = TimeModel(instance.startedAt)
        finished = instance.finishedAt.map { TimeModel($0) }
        took = Quantity.duration(instance.duration(until: now))
        rowProblem = instance.problem
        rowWait = instance.waitText
        rowEvents = Quantity.count(instance.historyLength)
    }
}

/// A payload, folded if it is long.
struct PayloadModel {
    var label: String
    var size: String
    var payloadText: String
    var payloadNote: String?
    var encodingName: String?
    var isNothing: Bool
    var isFolded: Bool

    init(_ label: String, _ payload: PayloadView, isFolded: Bool? = nil) {
        self.label = label
        size = Quantity.bytes(payload.size)
        payloadText = payload.lines
        payloadNote = payload.problem ?? payload.note
        encodingName = payload.encoding == "json" || payload.encoding == "none" ? nil : payload.encoding
        isNothing = payload.isEmpty
        self.isFolded = isFolded ?? (payload.size > 2_000)
    }
}

/// An error with what led to it.
struct FailureModel {
    struct Cause {
        var causeType: String
        var causeMessage: String
    }

    var failureKind: String?
    var failureType: String
    var failureMessage: String
    var isPermanent: Bool
    var causes: [Cause]
    var hasCauses: Bool
    var details: PayloadModel?
    var backtrace: String?

    init(_ failure: FailureView) {
        failureKind = failure.kind == "thrown" ? nil : failure.kind
        failureType = failure.type
        failureMessage = failure.message
        isPermanent = failure.isPermanent
        causes = failure.causes.map { Cause(causeType: $0.type, causeMessage: $0.message) }
        hasCauses = !causes.isEmpty
        details = failure.details.map { PayloadModel("Details", $0) }
        backtrace = failure.backtrace
    }
}

/// Addresses of pages.
enum Link {
    static func instance(_ id: String, base: String) -> String { "\(base)/instance?id=\(PercentCoding.encode(id))" }
    static func execution(_ id: String, of instance: String, base: String) -> String {
        "\(Self.instance(instance, base: base))&execution=\(PercentCoding.encode(id))"
    }
    static func queue(_ name: String, base: String) -> String {
        "\(base)/instances?queue=\(PercentCoding.encode(name))"
    }
    static func worker(_ id: String, base: String) -> String { "\(base)/worker?id=\(PercentCoding.encode(id))" }
}
