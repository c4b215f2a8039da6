import ArchiveKit
import ArgumentParser
import Foundation

/// Shows all of it on one machine: a private Redis, three workers of which one is killed, and the comparison at the end.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Archives a folder with three workers, kills one on the way, and verifies every file."
    )

    @Option(help: "The folder to archive.")
    var dir = "/usr/share/doc"

    @Option(help: "The folder of the archive. Default: a temporary one, removed at the end.")
    var out: String?

    @Flag(help: "Keep the temporary folder, and Redis and the workers until Ctrl-C: what ran can be looked at.")
    var keep = false

    func run() async throws {
        let output = out ?? "\(FileManager.default.temporaryDirectory.path)/archive-\(UUID().uuidString.prefix(8))"
        let isTemporary = out == nil
        let keep = keep
        let dir = dir
        try await ExitStatus.exiting {
            let place = try ArchivePlace(source: dir, output: output)
            try await Interruption.observing {
                try place.makeOutput()
                do {
                    try await Demo(place: place, isKept: keep).run()
                } catch let code as ExitCode {
                    // What went wrong may be worth a look.
                    if isTemporary { Console.note("the archive is kept in \(place.output)") }
                    throw code
                } catch {
                    if isTemporary, !keep { try? FileSystem.removeTree(place.output) }
                    throw error
                }
                if isTemporary, !keep {
                    try FileSystem.removeTree(place.output)
                } else {
                    print("the archive is in \(place.output)")
                }
            }
        }
    }
}
