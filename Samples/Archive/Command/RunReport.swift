import Aloft
import ArchiveKit
import Synchronization

/// Gathers what a run tells, and shows it.
final class RunReport: Sendable {
    struct Totals: Sendable {
        var ended: Set<InstanceID> = []
        var archived = 0
        var reused = 0
        var result = ArchiveResult()
        var failures: [String] = []
    }

    private let totals = Mutex(Totals())
    private let count: Int
    private let progress: ProgressLine
    private let start = ContinuousClock.now

    init(count: Int, progress: ProgressLine) {
        self.count = count
        self.progress = progress
    }

    var current: Totals { totals.withLock { $0 } }

    func take(_ event: Archiver.Event) {
        switch event {
        case .resumed: break
        case .restarted(let job, let reason): progress.note("\(job.sourceFolder): archiving again, \(reason)")
        case .ended(let job, let outcome): end(job, outcome)
        }
        show()
    }

    func show(isImportant: Bool = false) {
        let totals = current
        progress.show(
            "\(Format.count(totals.ended.count)) of \(Format.count(count, "folder")), "
                + "\(Format.count(totals.result.files, "file")), \(Format.bytes(totals.result.bytesIn)), "
                + "\(Format.seconds(.now - start)) s",
            isImportant: isImportant
        )
    }

    private func end(_ job: ArchiveJob, _ outcome: Archiver.Outcome) {
        totals.withLock { totals in
            totals.ended.insert(job.id)
            if let result = outcome.result { totals.result += result }
            switch outcome {
            case .archived: totals.archived += 1
            case .reused: totals.reused += 1
            case .failed(let message): totals.failures.append("\(job.sourceFolder): \(message)")
            }
        }
        if case .failed(let message) = outcome { progress.note("\(job.sourceFolder) failed: \(message)") }
        if let failed = outcome.result?.failed, failed > 0 {
            let manifest = job.outputFolder.appending(OutputName.details)
            progress.note("\(job.sourceFolder): \(Format.count(failed, "item")) could not be read, see \(manifest)")
        }
    }
}
