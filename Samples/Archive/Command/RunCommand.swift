import Aloft
import AloftRedis
import ArchiveKit
import ArgumentParser

/// Archives a folder with the workers that are there.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Archives a folder. Can be interrupted at any time: the workers go on, and a second run joins in."
    )

    @OptionGroup var redis: RedisOptions
    @OptionGroup var folders: FolderOptions

    func run() async throws {
        try await ExitStatus.exiting {
            let place = try ArchivePlace(source: folders.source, output: folders.output)
            try place.makeOutput()
            let jobs = try place.jobs()
            guard !jobs.isEmpty else {
                Console.note("\(place.source) is empty: there is nothing to archive")
                return
            }
            let progress = ProgressLine()
            let report = RunReport(count: jobs.count, progress: progress)
            try await Connection.withStore(redis.url) { store in
                let archiver = Archiver(client: WorkflowClient(store: store))
                let attendance = Attendance(report: report, store: store, jobs: jobs, progress: progress)
                try await attendance.watch { try await archiver.run(jobs) { report.take($0) } }
            }
            progress.end()
            try Self.conclude(report.current)
        }
    }

    static func conclude(_ totals: RunReport.Totals) throws {
        let result = totals.result
        print(
            "\(Format.count(result.files, "file")) in \(Format.count(totals.archived, "folder")) archived"
                + (totals.reused > 0 ? ", \(Format.count(totals.reused, "folder")) already were" : "")
                + "; \(Format.bytes(result.bytesIn)) became \(Format.bytes(result.bytesOut)); "
                + "\(Format.count(result.links, "link")) and \(Format.count(result.skipped, "special file")) recorded"
        )
        guard totals.failures.isEmpty else {
            Console.complain("\(Format.count(totals.failures.count, "folder")) failed; run again to try them again")
            throw ExitStatus.instanceFailed
        }
        guard result.failed == 0 else {
            Console.complain("\(Format.count(result.failed, "item")) could not be read")
            throw ExitStatus.difference
        }
    }
}
