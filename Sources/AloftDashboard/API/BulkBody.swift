import AloftCore
import AloftInsight

/// Conditions as in the query of a list, and what to do.
///
/// It acts on many, so nothing in it is passed over: a condition that is misspelt or empty would be one less, and the action one on
/// more instances than were meant.
struct BulkBody: Sendable {
    var action: String
    var reason: String?
    var conditions = FormFields()
    /// In place of conditions: every instance that the action suits.
    var isAll = false
    var cursor: String?

    /// - Throws: ``HTTPProblem`` if a condition cannot be read, or there is none and nobody said that all are meant.
    func query() throws(HTTPProblem) -> ListQuery {
        guard isAll || !conditions.isEmpty else {
            throw .badRequest(
                "give conditions (\(ListQuery.names.joined(separator: ", "))), or \"all\": true for every instance that "
                    + "the action suits; nothing was done"
            )
        }
        guard !isAll || conditions.isEmpty else {
            throw .badRequest("\"all\" stands for every instance; leave the conditions out, or \"all\"")
        }
        var fields = conditions
        if let cursor { fields.append("cursor", cursor) }
        return try ListQuery(fields)
    }
}

extension BulkBody: Decodable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case action, reason, all, cursor
        case status, workflow, queue, after, before, prefix, quarantined
    }

    private struct AnyKey: CodingKey {
        let stringValue: String
        let intValue: Int? = nil
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let given = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
        let known = CodingKeys.allCases.map(\.rawValue)
        if let name = given.sorted().first(where: { !known.contains($0) }) {
            throw HTTPProblem.badRequest(
                "there is no member \"\(name.visible.shortened(to: 100))\"; there are \(known.joined(separator: ", "))"
            )
        }
        let body = try decoder.container(keyedBy: CodingKeys.self)
        action = try body.decode(String.self, forKey: .action)
        reason = try body.decodeIfPresent(String.self, forKey: .reason)
        isAll = try body.decodeIfPresent(Bool.self, forKey: .all) ?? false
        cursor = try Self.text(body, .cursor)
        if let statuses = try body.decodeIfPresent([String].self, forKey: .status) {
            guard !statuses.isEmpty, !statuses.contains("") else { throw Self.empty(.status) }
            for status in statuses { conditions.append(CodingKeys.status.rawValue, status) }
        }
        for key in [CodingKeys.workflow, .queue, .after, .before, .prefix] {
            if let text = try Self.text(body, key) { conditions.append(key.rawValue, text) }
        }
        if let isQuarantined = try body.decodeIfPresent(Bool.self, forKey: .quarantined) {
            conditions.append(CodingKeys.quarantined.rawValue, isQuarantined ? "yes" : "no")
        }
    }

    private static func text(_ body: KeyedDecodingContainer<CodingKeys>, _ key: CodingKeys) throws -> String? {
        guard let text = try body.decodeIfPresent(String.self, forKey: key) else { return nil }
        guard !text.isEmpty else { throw empty(key) }
        return text
    }

    private static func empty(_ key: CodingKeys) -> HTTPProblem {
        .badRequest("\"\(key.rawValue)\" is empty; leave it out if it is no condition. Nothing was done")
    }
}

struct BulkView: Codable, Sendable {
    var count: Int
    /// Whether there may be more that match.
    var isMore: Bool
    /// The cursor to send it again with, if there may be more.
    var next: String?
}
