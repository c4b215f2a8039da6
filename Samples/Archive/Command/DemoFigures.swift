import Aloft
import ArchiveKit
import Foundation

/// What a demo did.
struct DemoFigures: Sendable {
    var totals: RunReport.Totals
    var instances: Int
    var activities: Int
    /// From the first start to the last end.
    var duration: Duration

    /// Counts them where they are recorded: in the histories.
    static func countActivities(of jobs: [ArchiveJob], _ client: WorkflowClient) async throws -> Int {
        try await withThrowingTaskGroup(of: Int.self) { group in
            var count = 0
            for (index, job) in jobs.enumerated() {
                if index >= 32 { count += try await group.next() ?? 0 }
                group.addTask {
                    try await client.handle(job.id, of: ArchiveFolder.self).history().count { event in
                        if case .activityScheduled = event.body { true } else { false }
                    }
                }
            }
            return try await group.reduce(count, +)
        }
    }

    func print(takeovers: (workers: Int, tasks: Int)) {
        let result = totals.result
        let rows = [
            ("files", Format.count(result.files)),
            ("bytes", "\(Format.count(result.bytesIn)) in, \(Format.count(result.bytesOut)) out"),
            ("instances", Format.count(instances)),
            ("activities", Format.count(activities)),
            ("retries", Format.count(result.retries)),
            ("takeovers", "\(Format.count(takeovers.tasks, "task")) of \(Format.count(takeovers.workers, "worker"))"),
            ("seconds", Format.seconds(duration)),
            ("instances/s", Format.decimal(Double(instances) / (duration / .seconds(1)))),
        ]
        for (name, value) in rows {
            Swift.print(name.padding(toLength: 12, withPad: " ", startingAt: 0) + value)
        }
        let rest = [
            (result.links, "symbolic link"), (result.skipped, "special file"), (result.failed, "unreadable item"),
        ].filter { $0.0 > 0 }
        if !rest.isEmpty {
            Swift.print("also recorded: " + rest.map { Format.count($0.0, $0.1) }.joined(separator: ", "))
        }
    }
}
