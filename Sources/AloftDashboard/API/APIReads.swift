import AloftCore
import AloftInsight
internal import HTTPTypes

/// What programs read.
struct APIReads: Sendable {
    let insight: Insight

    /// A call that waits for a result waits no longer than this.
    private static let longestWait = 60_000

    func counts(_ call: Call) async throws -> DashboardResponse { try .document("counts", try await insight.counts()) }

    func instances(_ call: Call) async throws -> DashboardResponse {
        let query = try ListQuery(call.request.query)
        let list = try await insight.instances(matching: query.filter, after: query.cursor, limit: query.limit)
        return try .document("instances", list)
    }

    func instance(_ call: Call) async throws -> DashboardResponse {
        try .document("instance", try await insight.view(of: try call.instance()))
    }

    func report(_ call: Call) async throws -> DashboardResponse {
        var report = try await insight.report(of: try call.instance())
        let most = try call.number("rows", default: 500, in: 1...5_000)
        report.timeline = report.timeline.condensed(to: most)
        return try .document("report", report)
    }

    func history(_ call: Call) async throws -> DashboardResponse {
        let page = try await insight.history(
            of: try call.instance(),
            execution: call.request.query["execution"].map { ExecutionID($0) },
            after: try call.number("after", default: 0, in: 0...Int(Int32.max)),
            limit: try call.number("limit", default: 100, in: 1...1_000)
        )
        return try .document("history", page)
    }

    func activities(_ call: Call) async throws -> DashboardResponse {
        let page = try await insight.store.pendingActivities(of: try call.instance(), after: nil, limit: 1_000)
        return try .document("activities", page.activities.map { PendingActivityView($0, reader: insight.reader) })
    }

    func failures(_ call: Call) async throws -> DashboardResponse {
        let most = try call.number("limit", default: 20, in: 1...100)
        return try .document(
            "instances",
            InstanceListView(instances: try await insight.recentFailures(limit: most), next: nil)
        )
    }

    func actions(_ call: Call) async throws -> DashboardResponse {
        let most = try call.number("limit", default: 100, in: 1...1_000)
        return try .document("actions", try await insight.actions(limit: most))
    }

    func queues(_ call: Call) async throws -> DashboardResponse { try .document("queues", try await insight.queues()) }

    func workers(_ call: Call) async throws -> DashboardResponse {
        try .document("workers", try await insight.workers())
    }

    func work(_ call: Call) async throws -> DashboardResponse {
        let worker = try WorkerID(call.values["id"] ?? "").validated()
        let most = try call.number("limit", default: 50, in: 1...100)
        return try .document("work", try await insight.work(of: worker, limit: most))
    }

    /// Waits for the end of an instance for as long as the caller wants to; 202 if it is open still.
    func result(_ call: Call) async throws -> DashboardResponse {
        let instance = try call.instance()
        let wait = try call.number("waitMilliseconds", default: 0, in: 0...Self.longestWait)
        let completion = try await insight.completion(of: instance, within: .milliseconds(wait))
        guard let completion else { return try .document("result", ResultView(status: .running), status: .accepted) }
        return try .document("result", ResultView(completion, reader: insight.reader))
    }
}
