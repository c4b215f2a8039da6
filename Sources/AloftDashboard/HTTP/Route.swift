internal import HTTPTypes

/// A place at which the dashboard can be asked something.
struct Route: Sendable {
    enum Kind: Sendable {
        /// For people: HTML, with a session.
        case page
        /// For people: takes a form and leads to a page.
        case form
        /// For programs: JSON.
        case api
        /// For everyone: neither reads nor changes anything.
        case open
    }

    let method: HTTPRequest.Method
    /// "/api/v1/instances/{id}": what is in braces matches one segment.
    let pattern: String
    let kind: Kind
    let role: AccessRole
    /// Whether it counts as an action: limited, and part of the audit.
    let isAction: Bool
    let handler: @Sendable (Call) async throws -> DashboardResponse
    private let segments: [Substring]

    init(
        _ method: HTTPRequest.Method,
        _ pattern: String,
        _ kind: Kind,
        _ role: AccessRole,
        isAction: Bool = false,
        _ handler: @escaping @Sendable (Call) async throws -> DashboardResponse
    ) {
        self.method = method
        self.pattern = pattern
        self.kind = kind
        self.role = role
        self.isAction = isAction
        self.handler = handler
        segments = pattern.split(separator: "/")
    }

    /// What stands in the place of the braces; `nil` if it is another path.
    func match(_ path: [Substring.UTF8View.SubSequence]) -> [String: String]? {
        guard path.count == segments.count else { return nil }
        var values: [String: String] = [:]
        for (segment, part) in zip(segments, path) {
            if segment.hasPrefix("{") {
                values[String(segment.dropFirst().dropLast())] = PercentCoding.decode(part)
            } else if !segment.utf8.elementsEqual(part) {
                return nil
            }
        }
        return values
    }
}

/// A request on its way through a route.
struct Call: Sendable {
    var request: DashboardRequest
    var identity: Identity
    /// The session of the browser; `nil` for programs.
    var session: String?
    /// From the path.
    var values: [String: String] = [:]
    /// Of a form.
    var form = FormFields()
    /// What a page that is looked at again and again has read before.
    var memory: PageMemory?
}
