import AloftCore
import AloftInsight
internal import HTTPTypes

/// Makes pages of models.
struct Renderer: Sendable {
    let templates: Templates
    let configuration: Dashboard.Configuration
    let sessions: Sessions
    /// Where the dashboard is mounted: "" or "/aloft".
    let base: String

    func fragment(_ id: String, _ template: String, _ model: Any) -> Page.Fragment {
        Page.Fragment(id: id, html: templates.render(template, model))
    }

    func response(_ page: Page, _ call: Call) -> DashboardResponse {
        var address = call.request.path
        if !call.request.query.isEmpty { address += "?" + call.request.query.encoded }
        let model = LayoutModel(
            title: page.title,
            brand: configuration.title,
            base: base,
            nav: Page.Section.allCases.filter { $0 != .none && $0.role <= call.identity.role }.map {
                LayoutModel.Item(href: base + $0.path, label: $0.rawValue, isCurrent: $0 == page.section)
            },
            user: configuration.tokens.isEmpty ? nil : "\(call.identity.name) · \(call.identity.role)",
            csrf: csrf(call),
            live: page.isLive ? "\(base)/live?page=\(PercentCoding.encode(address))" : nil,
            flash: call.request.query["done"].flatMap { Self.flashes[$0] },
            version: PageAssets.version,
            fragments: page.fragments
        )
        return .html(templates.render("layout", model), status: page.status)
    }

    func csrf(_ call: Call) -> String { call.session.map { sessions.formToken($0) } ?? "" }

    /// What a page says after an action has led to it. Only these words: the address is anybody's.
    static let flashes: [String: String] = [
        "cancel": "The instance was asked to cancel.",
        "terminate": "The instance was terminated.",
        "release": "The instance goes on: its workflow task is queued again.",
        "not-quarantined": "The instance was not quarantined; nothing was changed.",
        "signal": "The signal was sent.",
        "retry": "The activity is queued for its next attempt.",
        "not-waiting": "The activity did not wait for its next attempt; nothing was changed.",
        "remove": "The instance was removed.",
        "start": "The instance was started.",
        "bulk": "It was done for all instances that matched.",
        "bulk-more":
            "It was done for as many as one request takes. There may be more, from here on: do it again for those.",
    ]
}

struct LayoutModel {
    struct Item {
        var href: String
        var label: String
        var isCurrent: Bool
    }

    var title: String
    var brand: String
    var base: String
    var nav: [Item]
    var user: String?
    var csrf: String
    var live: String?
    var flash: String?
    var version: String
    var fragments: [Page.Fragment]
}
