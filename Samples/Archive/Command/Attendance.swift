import Aloft
import ArchiveKit

/// Keeps an eye on a run: shows that time passes, and says so when nothing happens.
enum Attendance {
    /// After how long without a finished folder something is said.
    private static let silence = Duration.seconds(20)

    static func watching<Result: Sendable>(
        _ report: RunReport,
        store: any WorkflowStore,
        jobs: [ArchiveJob],
        progress: ProgressLine,
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let watch = Task {
            var ended = 0
            var since = ContinuousClock.now
            while true {
                try await Task.sleep(for: .seconds(1))
                report.show()
                let now = ContinuousClock.now
                if report.current.ended != ended {
                    ended = report.current.ended
                    since = now
                } else if now - since > silence {
                    since = now
                    progress.note(await explanation(store, jobs))
                }
            }
        }
        defer { watch.cancel() }
        return try await body()
    }

    private static func explanation(_ store: any WorkflowStore, _ jobs: [ArchiveJob]) async -> String {
        let general = "no folder was finished for a while: is a worker running? (archive worker)"
        // One look at some of the open instances is enough to find what ails them all.
        for job in jobs {
            do throws(StoreError) {
                guard let state = try await store.state(of: job.id), !state.status.isFinished else { continue }
                guard let problem = state.problem else { return general }
                let fate = state.isQuarantined ? "stands still" : "is tried again"
                return "\(job.sourceFolder) \(fate): \(problem)"
            } catch {
                return "no answer from Redis: \(error)"
            }
        }
        return general
    }
}
