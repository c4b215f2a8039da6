import AloftCore
import AloftInsight

/// The list of instances, with conditions.
struct InstancesPage: Sendable {
    let insight: Insight
    let renderer: Renderer

    func page(_ call: Call) async throws -> Page {
        let query = try ListQuery(call.request.query)
        let list = try await insight.instances(matching: query.filter, after: query.cursor, limit: query.limit)
        let counts = try await insight.counts()
        let exact = try await exactMatch(query, list)
        return Page(
            title: "Instances",
            section: .instances,
            fragments: [
                renderer.fragment("filters", "filters", filters(query, counts)),
                renderer.fragment("list", "instances", model(query, list, counts, exact, call)),
            ]
        )
    }

    /// The instance whose id is what was searched for: found at once, wherever it is in the list.
    private func exactMatch(_ query: ListQuery, _ list: InstanceListView) async throws -> InstanceView? {
        let wanted = InstanceID(query.filter.idPrefix)
        guard (try? wanted.validated()) != nil, !list.instances.contains(where: { $0.id == wanted.rawValue }) else {
            return nil
        }
        guard let state = try await insight.store.state(of: wanted) else { return nil }
        return try await insight.views(of: [state]).first
    }

    private func filters(_ query: ListQuery, _ counts: CountsView) -> FiltersModel {
        let chosen = query.filter.statuses
        func link(_ status: String?) -> String {
            var fields = query.fields
            fields.set("status", status)
            return "\(renderer.base)/instances\(fields.isEmpty ? "" : "?" + fields.encoded)"
        }
        let all = FiltersModel.Tab(
            style: "all",
            word: "all",
            number: Quantity.count(counts.total),
            link: link(nil),
            isChosen: chosen.isEmpty
        )
        let tabs = counts.statuses.map {
            FiltersModel.Tab(
                style: $0.status.replacing(" ", with: "-"),
                word: $0.status,
                number: Quantity.count($0.count),
                link: link($0.status),
                isChosen: chosen == [InstanceStatus(rawValue: $0.status)]
            )
        }
        func moment(_ timestamp: Timestamp?) -> String {
            timestamp.map { String($0.moment.description.prefix(16)) } ?? ""
        }
        let conditions = ["workflow", "queue", "after", "before", "quarantined"]
        return FiltersModel(
            base: renderer.base,
            tabs: [all] + tabs,
            statusFields: query.fields.all("status"),
            prefix: query.filter.idPrefix,
            workflow: query.filter.workflow ?? "",
            queue: query.filter.queue?.rawValue ?? "",
            after: moment(query.filter.createdAfter),
            before: moment(query.filter.createdBefore),
            isQuarantinedOnly: query.filter.isQuarantined == true,
            isNotQuarantined: query.filter.isQuarantined == false,
            hasConditions: conditions.contains { query.fields[$0] != nil }
        )
    }

    private func model(
        _ query: ListQuery,
        _ list: InstanceListView,
        _ counts: CountsView,
        _ exact: InstanceView?,
        _ call: Call
    ) -> InstancesModel {
        let now = insight.store.now
        var next = query.fields
        next.set("cursor", list.next)
        let continuation = ListQuery.continuation(call.request.query)
        let rows = ([exact].compactMap(\.self) + list.instances).map {
            InstanceRowModel($0, base: renderer.base, now: now)
        }
        return InstancesModel(
            base: renderer.base,
            csrf: renderer.csrf(call),
            rows: rows,
            hasRows: !rows.isEmpty,
            isEmptyStore: counts.total == 0,
            isPartial: list.isPartial,
            nextLink: list.next == nil ? nil : "\(renderer.base)/instances?\(next.encoded)",
            firstLink: query.cursor == nil
                ? nil : "\(renderer.base)/instances\(query.fields.isEmpty ? "" : "?" + query.fields.encoded)",
            filterFields: query.fields.fields.map { InstancesModel.Field(fieldName: $0.name, fieldValue: $0.value) },
            mayActOnMany: call.identity.role >= .admin && !query.fields.isEmpty
                && (!rows.isEmpty || continuation != nil),
            continuation: continuation,
            most: Quantity.count(Operator.mostAtOnce)
        )
    }
}

struct FiltersModel {
    struct Tab {
        var style: String
        var word: String
        var number: String
        var link: String
        var isChosen: Bool
    }

    var base: String
    var tabs: [Tab]
    var statusFields: [String]
    var prefix: String
    var workflow: String
    var queue: String
    var after: String
    var before: String
    var isQuarantinedOnly: Bool
    var isNotQuarantined: Bool
    var hasConditions: Bool
}

struct InstancesModel {
    struct Field {
        var fieldName: String
        var fieldValue: String
    }

    var base: String
    var csrf: String
    var rows: [InstanceRowModel]
    var hasRows: Bool
    var isEmptyStore: Bool
    var isPartial: Bool
    var nextLink: String?
    var firstLink: String?
    var filterFields: [Field]
    var mayActOnMany: Bool
    var continuation: String?
    var most: String
}
