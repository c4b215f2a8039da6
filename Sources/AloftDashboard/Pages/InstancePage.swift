import AloftCore
import AloftInsight

/// The page of one instance.
struct InstancePage: Sendable {
    let insight: Insight
    let renderer: Renderer

    static let eventsPerPage = 100
    /// Of each event on the page; the input and the outcome of the instance are shown at greater length.
    private static let shownBytes = 8 * 1024
    private static let mostAncestors = 10

    func page(_ call: Call) async throws -> Page {
        guard let text = call.request.query["id"] else { throw HTTPProblem.badRequest("which instance? Add ?id=…") }
        let id = InstanceID(text)
        let reading = try await reading(of: id, call)
        let (report, history, ancestors, children) = (
            reading.report, reading.history, reading.ancestors, reading.children
        )
        let now = insight.store.now
        var fragments = [renderer.fragment("head", "head", HeadModel(report, base: renderer.base, now: now))]
        if call.identity.role >= .operate {
            fragments.append(renderer.fragment("actions", "actions", actions(report, call)))
        }
        if report.instance.isOpen {
            fragments.append(renderer.fragment("waits", "waits", waits(report, call, now: now)))
        }
        let data = DataModel(report)
        if !data.payloads.isEmpty || data.failure != nil { fragments.append(renderer.fragment("data", "data", data)) }
        if !report.timeline.rows.isEmpty {
            fragments.append(renderer.fragment("timeline", "timeline", TimelineModel(report, base: renderer.base)))
        }
        if !ancestors.isEmpty || !children.isEmpty {
            let family = FamilyModel(report.instance, ancestors, children, base: renderer.base)
            fragments.append(renderer.fragment("family", "family", family))
        }
        fragments.append(renderer.fragment("history", "history", history))
        var page = Page(title: report.instance.id, section: .instances, fragments: fragments)
        // What has finished changes no more, unless sub-workflows of it go on.
        page.isLive = report.instance.isOpen || children.contains(where: \.isOpen)
        return page
    }

    /// Reads all that is shown, unless that was done at the last look and nothing has changed since.
    private func reading(of id: InstanceID, _ call: Call) async throws -> PageMemory.Reading {
        let state = try await insight.state(of: id)
        let pending = try await insight.pending(of: state)
        let now = insight.store.now
        if let reading = call.memory?.reading(state, pending, at: now) { return reading }
        let report = try await insight.report(of: state, pending: pending)
        let reading = PageMemory.Reading(
            state: state,
            pending: pending,
            moment: now,
            report: report,
            history: try await history(of: id, report, call),
            ancestors: try await ancestors(of: report.instance),
            children: try await FamilyTree(insight: insight).nodes(below: report)
        )
        call.memory?.keep(reading)
        return reading
    }

    private func history(of id: InstanceID, _ report: InstanceReport, _ call: Call) async throws -> HistoryModel {
        let current = report.instance.execution
        let wanted = call.request.query["execution"] ?? current
        let isCurrent = wanted == current
        let after: Int
        if let text = call.request.query["after"] {
            guard let number = Int(text), number >= 0 else {
                throw HTTPProblem.badRequest("\"after\" has to be a number")
            }
            after = number
        } else {
            after = 0
        }
        var insight = insight
        insight.reader.limit = min(insight.reader.limit, Self.shownBytes)
        let page = try await insight.history(
            of: id,
            execution: ExecutionID(wanted),
            after: after,
            limit: Self.eventsPerPage,
            names: isCurrent ? names(report) : [:]
        )
        return HistoryModel(
            page,
            after: after,
            length: isCurrent ? report.instance.historyLength : nil,
            otherExecution: isCurrent ? nil : wanted,
            base: renderer.base
        )
    }

    private func names(_ report: InstanceReport) -> [CommandID: String] {
        let named = report.timeline.rows.compactMap { row in row.command.map { (CommandID($0), row.name) } }
        return Dictionary(named) { first, _ in first }
    }

    /// The nearest first.
    private func ancestors(of instance: InstanceView) async throws -> [InstanceView] {
        var found: [InstanceView] = []
        var parent = instance.parent
        while let link = parent, found.count < Self.mostAncestors {
            guard let state = try await insight.store.state(of: InstanceID(link.id)) else { break }
            found.append(InstanceView(state, now: insight.store.now))
            parent = found.last?.parent
        }
        return found
    }

    private func actions(_ report: InstanceReport, _ call: Call) -> ActionsModel {
        let instance = report.instance
        let isAdmin = call.identity.role >= .admin
        return ActionsModel(
            base: renderer.base,
            csrf: renderer.csrf(call),
            id: instance.id,
            isOpen: instance.isOpen,
            isQuarantined: instance.isQuarantined,
            mayTerminate: instance.isOpen && isAdmin,
            mayRemove: !instance.isOpen && isAdmin
        )
    }

    private func waits(_ report: InstanceReport, _ call: Call, now: Timestamp) -> WaitsModel {
        let retrying = Set(report.pendingActivities.filter { $0.state == .retrying }.map(\.command))
        let mayRetry = call.identity.role >= .operate
        return WaitsModel(
            base: renderer.base,
            csrf: renderer.csrf(call),
            id: report.instance.id,
            waits: report.instance.waits.map { wait in
                WaitsModel.Wait(
                    waitKind: wait.kind.title,
                    waitName: wait.count > 1 ? "\(Quantity.count(wait.count)) × \(wait.name)" : wait.name,
                    waitStyle: wait.kind.rawValue,
                    location: wait.location,
                    detail: wait.detail,
                    until: wait.until.map { TimeModel($0) },
                    childID: wait.instance,
                    childLink: wait.instance.map { Link.instance($0, base: renderer.base) },
                    retryCommand: wait.command.flatMap { mayRetry && retrying.contains($0) ? String($0) : nil }
                )
            },
            hasWaits: !report.instance.waits.isEmpty,
            isQuarantined: report.instance.isQuarantined
        )
    }
}
