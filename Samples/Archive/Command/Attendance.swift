import Aloft
import ArchiveKit

/// Keeps an eye on a run: shows that time passes, says so when nothing happens, and gives up when nothing can.
struct Attendance: Sendable {
    /// After how long without a finished folder Redis is asked what is going on.
    private static let silence = Duration.seconds(5)
    /// How often what goes on is told.
    private static let repetition = Duration.seconds(20)
    /// How long Redis may be away.
    private static let patience = Duration.seconds(60)

    let report: RunReport
    let store: any WorkflowStore
    let jobs: [ArchiveJob]
    let progress: ProgressLine

    /// - Throws: ``ArchiveProblem`` if Redis stays away or no instance can go on; otherwise what the body throws.
    func watch(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await body() }
            group.addTask { try await look() }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func look() async throws {
        var ended = 0
        var quietSince = ContinuousClock.now
        var awaySince: ContinuousClock.Instant?
        var toldAt = ContinuousClock.now
        while true {
            try await Task.sleep(for: .seconds(1))
            report.show()
            let now = ContinuousClock.now
            if report.current.ended.count != ended {
                ended = report.current.ended.count
                quietSince = now
                toldAt = now
            }
            guard now - quietSince > Self.silence else { continue }
            let trouble: (text: String, isFinal: Bool)?
            do throws(StoreError) {
                trouble = try await self.trouble()
                awaySince = nil
            } catch {
                if awaySince == nil { progress.note("Redis does not answer; what is finished stays so") }
                let since = awaySince ?? now
                awaySince = since
                guard now - since > Self.patience else { continue }
                throw ArchiveProblem(
                    .store,
                    "Redis has not answered for a minute: \(error.message). Run again when it is back: what is finished is "
                        + "kept, and what was started goes on"
                )
            }
            if let trouble, trouble.isFinal { throw ArchiveProblem(.instances, trouble.text) }
            guard now - toldAt > Self.repetition else { continue }
            toldAt = now
            progress.note(trouble?.text ?? "no folder was finished for a while: is a worker running? (archive worker)")
        }
    }

    /// What keeps an open instance from going on, and whether that holds for all.
    private func trouble() async throws(StoreError) -> (text: String, isFinal: Bool)? {
        let ended = report.current.ended
        var open = 0
        var stuck = 0
        var text: String?
        for job in jobs.lazy.filter({ !ended.contains($0.id) }).prefix(256) {
            guard let state = try await store.state(of: job.id), !state.status.isFinished else { continue }
            open += 1
            guard let problem = state.problem else { continue }
            stuck += state.isQuarantined ? 1 : 0
            text = "\(job.sourceFolder) \(state.isQuarantined ? "stands still" : "is tried again"): \(problem)"
        }
        return text.map { ($0, stuck == open) }
    }
}
