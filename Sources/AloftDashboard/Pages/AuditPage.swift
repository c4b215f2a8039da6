import AloftInsight

/// What was done through this dashboard.
struct AuditPage: Sendable {
    let log: ActionLog
    let renderer: Renderer

    private static let shown = 200

    func page(_ call: Call) -> Page {
        let records = log.last(Self.shown).map { record in
            AuditModel.Record(
                at: TimeModel(record.moment.moment),
                who: record.who,
                source: record.from,
                action: record.action,
                subject: record.subject,
                subjectLink: record.isAboutOne ? Link.instance(record.subject, base: renderer.base) : nil,
                outcome: record.outcome,
                isFailure: record.isFailure
            )
        }
        let model = AuditModel(records: records, hasRecords: !records.isEmpty)
        return Page(title: "Audit", section: .audit, fragments: [renderer.fragment("audit", "audit", model)])
    }
}

struct AuditModel {
    struct Record {
        var at: TimeModel
        var who: String
        var source: String
        var action: String
        var subject: String
        /// `nil` if it is about many.
        var subjectLink: String?
        var outcome: String
        var isFailure: Bool
    }

    var records: [Record]
    var hasRecords: Bool
}
