import AloftCore
import AloftInsight
internal import HTTPTypes

extension Site {
    /// Everything that is looked at in a browser.
    mutating func addPages() {
        let overview = OverviewPage(insight: insight, renderer: renderer, sampler: sampler)
        let list = InstancesPage(insight: insight, renderer: renderer)
        let instance = InstancePage(insight: insight, renderer: renderer)
        let fleet = FleetPages(insight: insight, renderer: renderer, sampler: sampler)
        let quarantine = QuarantinePage(insight: insight, renderer: renderer)
        let audit = AuditPage(log: log, renderer: renderer)
        page("/") { try await overview.page($0) }
        page("/instances") { try await list.page($0) }
        page("/instance") { try await instance.page($0) }
        page("/queues") { try await fleet.queues($0) }
        page("/workers") { try await fleet.workers($0) }
        page("/worker") { try await fleet.worker($0) }
        page("/quarantine") { try await quarantine.page($0) }
        page("/audit", .admin) { try await audit.page($0) }
        add(Route(.get, "/assets/{version}/{name}", .open, .read) { try PageAssets.response($0.values["name"] ?? "") })
        add(
            Route(.get, "/search", .page, .read) { [insight, base] call in
                // Whoever types a whole id wants to see that instance.
                let wanted = call.request.query["q"] ?? ""
                let id = InstanceID(wanted)
                if (try? id.validated()) != nil, try await insight.store.state(of: id) != nil {
                    return .redirect(to: Link.instance(wanted, base: base))
                }
                return .redirect(to: "\(base)/instances?prefix=\(PercentCoding.encode(wanted))")
            }
        )
        let (live, pages, gate) = (live, pages, gate)
        add(
            Route(.get, "/live", .page, .read) { call in
                try live.response(call, pages: pages, gate: gate)
            }
        )
    }
}

extension Renderer {
    /// A page that says why there is no other.
    func problem(_ problem: HTTPProblem, _ request: DashboardRequest) -> DashboardResponse {
        let model = ProblemModel(
            statusCode: String(problem.status.code),
            reason: problem.status.reasonPhrase,
            message: problem.message,
            base: base
        )
        let page = Page(
            title: problem.status.reasonPhrase,
            section: .none,
            fragments: [fragment("problem", "problem", model)],
            status: problem.status,
            isLive: false
        )
        // Whoever is refused is shown the way, and nothing that only others may see.
        return response(page, Call(request: request, identity: Identity(name: "", role: .read)))
    }
}

struct ProblemModel {
    var statusCode: String
    var reason: String
    var message: String
    var base: String
}
