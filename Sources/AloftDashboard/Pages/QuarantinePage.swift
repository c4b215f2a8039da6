import AloftCore
import AloftInsight

/// What killed its workers too often, and waits for somebody.
struct QuarantinePage: Sendable {
    let insight: Insight
    let renderer: Renderer

    func page(_ call: Call) async throws -> Page {
        var query = try ListQuery(call.request.query)
        query.filter.isQuarantined = true
        query.filter.statuses = [.running]
        let list = try await insight.instances(matching: query.filter, after: query.cursor, limit: query.limit)
        let now = insight.store.now
        var next = query.fields
        next.set("cursor", list.next)
        let continuation = ListQuery.continuation(call.request.query)
        let rows = list.instances.map { InstanceRowModel($0, base: renderer.base, now: now) }
        let model = QuarantineModel(
            base: renderer.base,
            csrf: renderer.csrf(call),
            rows: rows,
            hasRows: !rows.isEmpty,
            isPartial: list.isPartial,
            nextLink: list.next == nil ? nil : "\(renderer.base)/quarantine?\(next.encoded)",
            mayRelease: call.identity.role >= .operate,
            mayReleaseAll: call.identity.role >= .admin && (!rows.isEmpty || continuation != nil),
            continuation: continuation
        )
        return Page(
            title: "Quarantine",
            section: .quarantine,
            fragments: [renderer.fragment("quarantine", "quarantine", model)]
        )
    }
}

struct QuarantineModel {
    var base: String
    var csrf: String
    var rows: [InstanceRowModel]
    var hasRows: Bool
    var isPartial: Bool
    var nextLink: String?
    var mayRelease: Bool
    var mayReleaseAll: Bool
    var continuation: String?
}
