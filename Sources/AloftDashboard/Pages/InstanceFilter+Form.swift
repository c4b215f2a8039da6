import AloftCore
import AloftInsight

/// The conditions of a list, as they stand in addresses and forms.
struct ListQuery: Sendable {
    var filter = InstanceFilter()
    /// The conditions alone, without the place in the list.
    var fields = FormFields()
    var cursor: InstanceCursor?
    var limit: Int

    static let names = ["status", "workflow", "queue", "after", "before", "quarantined", "prefix"]

    /// - Throws: ``HTTPProblem`` that names the field that cannot be read.
    init(_ query: FormFields, limit: Int = 50) throws(HTTPProblem) {
        for name in Self.names { for value in query.all(name) { fields.append(name, value) } }
        for word in query.all("status") {
            let status = InstanceStatus(rawValue: word.replacing("-", with: " ").replacing("_", with: " "))
            guard InstanceStatus.all.contains(status) else {
                let known = InstanceStatus.all.map(\.rawValue).joined(separator: ", ")
                throw .badRequest("there is no status \"\(word.visible)\"; there are \(known)")
            }
            filter.statuses.insert(status)
        }
        filter.workflow = query["workflow"]
        filter.queue = query["queue"].map { TaskQueue($0) }
        filter.createdAfter = try Self.moment(query, "after")
        filter.createdBefore = try Self.moment(query, "before")
        filter.isQuarantined = try Self.flag(query, "quarantined")
        filter.idPrefix = query["prefix"] ?? ""
        if let text = query["cursor"] {
            guard let cursor = PageCursor.cursor(text) else {
                throw .badRequest("the cursor was not given by this list")
            }
            self.cursor = cursor
        }
        guard let size = query["limit"] else {
            self.limit = limit
            return
        }
        guard let number = Int(size), (1...500).contains(number) else { throw .badRequest("limit has to be 1 to 500") }
        self.limit = number
    }

    /// Which instances, for the record of what was done to them.
    var subject: String { (fields.isEmpty ? "all" : fields.encoded) + (cursor == nil ? "" : ", continued") }

    /// Where an action on many that did not come to the end goes on: only on the page that it led to, since elsewhere it is meant
    /// for the newest.
    static func continuation(_ query: FormFields) -> String? { query["done"] == "bulk-more" ? query["cursor"] : nil }

    private static func moment(_ query: FormFields, _ name: String) throws(HTTPProblem) -> Timestamp? {
        guard let text = query[name] else { return nil }
        guard let moment = Moment(text) else {
            throw .badRequest("\"\(name)\" has to be a moment in UTC, such as 2026-11-23T16:00:00.000Z")
        }
        return moment.timestamp
    }

    private static func flag(_ query: FormFields, _ name: String) throws(HTTPProblem) -> Bool? {
        switch query[name] {
        case nil: nil
        case "yes", "true", "1": true
        case "no", "false", "0": false
        default: throw .badRequest("\"\(name)\" has to be yes or no")
        }
    }
}
