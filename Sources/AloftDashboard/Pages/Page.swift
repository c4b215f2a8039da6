import AloftCore
internal import HTTPTypes

/// A page for people, in parts that are brought up to date one by one.
struct Page: Sendable {
    struct Fragment: Sendable {
        /// Names it within its page.
        let id: String
        let html: String
        /// The same for the same HTML: by it a browser sees what it has already.
        let mark: String

        init(id: String, html: String) {
            self.id = id
            self.html = html
            mark = String(StableHash.of(html), radix: 36)
        }
    }

    var title: String
    /// The entry of the navigation that it belongs to.
    var section: Section
    var fragments: [Fragment]
    var status: HTTPResponse.Status = .ok
    /// Whether it is kept up to date while it is open.
    var isLive = true

    /// The entries of the navigation.
    enum Section: String, CaseIterable, Sendable {
        case overview = "Overview"
        case instances = "Instances"
        case queues = "Queues"
        case workers = "Workers"
        case quarantine = "Quarantine"
        case audit = "Audit"
        case none = ""

        var path: String {
            switch self {
            case .overview: "/"
            case .instances: "/instances"
            case .queues: "/queues"
            case .workers: "/workers"
            case .quarantine: "/quarantine"
            case .audit: "/audit"
            case .none: ""
            }
        }

        /// Who sees it.
        var role: AccessRole { self == .audit ? .admin : .read }
    }
}
