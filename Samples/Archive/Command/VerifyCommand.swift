import ArchiveKit
import ArgumentParser

/// Compares an archive with its source. Needs no Redis.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Compares an archive with its source: manifests by sha256sum, compressed files by reading them."
    )

    @OptionGroup var folders: FolderOptions

    func run() async throws {
        try await ExitStatus.exiting {
            let place = try ArchivePlace(source: folders.source, output: folders.output)
            let progress = ProgressLine()
            let report = try await Verifier(place).run { progress.show("\(Format.count($0, "folder")) compared") }
            progress.end()
            print(Self.summary(report))
            try Self.conclude(report)
        }
    }

    static func summary(_ report: Verifier.Report) -> String {
        "\(Format.count(report.files, "file")) in \(Format.count(report.folders, "folder")) compared, "
            + "\(Format.bytes(report.bytes)): \(Format.count(report.differences.count, "difference"))"
    }

    /// Tells the differences, and ends the command if there are any.
    static func conclude(_ report: Verifier.Report) throws {
        let shown = report.differences.prefix(50)
        for difference in shown { Console.complain(difference) }
        let more = report.differences.count - shown.count
        if more > 0 { Console.complain("and \(Format.count(more, "more difference"))") }
        if !report.differences.isEmpty { throw ExitStatus.difference }
    }
}
