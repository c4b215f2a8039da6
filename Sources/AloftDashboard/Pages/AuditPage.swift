import AloftCore
import AloftInsight

/// What was done by hand, through dashboards and the command line.
struct AuditPage: Sendable {
    let log: ActionLog
    let renderer: Renderer

    private static let shown = 200

    func page(_ call: Call) async throws -> Page {
        let records = try await log.last(Self.shown).map { record in
            AuditModel.Record(
                at: TimeModel(record.moment.moment),
                who: record.who,
                source: record.from,
                action: record.action,
                subject: record.subject,
                subjectLink: record.isAboutOne ? Link.instance(record.subject, base: renderer.base) : nil,
                because: record.reason,
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
        /// What whoever did it gave as the reason.
        var because: String?
        var outcome: String
        var isFailure: Bool
    }

    var records: [Record]
    var hasRecords: Bool
}
