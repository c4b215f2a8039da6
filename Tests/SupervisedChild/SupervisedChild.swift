import AloftSupervisor
import Foundation
import Logging

/// The file that says that SIGTERM has come, for a handler. Written once, before there is one.
nonisolated(unsafe) private var termFile: UnsafeMutablePointer<CChar>?

/// A program that crashes as often as it is told, and then exits with code 7: `supervised-child --supervise <file> <crashes>`.
/// The file counts its lives. Instead of a number of crashes there may be what it does about signals:
/// - `stop`: it exits with code 3 at SIGTERM;
/// - `hurry`: it makes a file with the suffix `.term` at SIGTERM, goes on, and exits with code 4 at SIGINT;
/// - `deaf`: neither signal ends it.
@main
struct SupervisedChild {
    static func main() throws {
        let mode = CommandLine.arguments.last ?? ""
        Supervisor.runIfAsked(
            options: .init(
                firstPause: .milliseconds(10),
                longestPause: .milliseconds(20),
                maximumQuickCrashes: 4,
                orphanLimit: .seconds(mode == "deaf" ? 1 : 600)
            )
        )
        let path = CommandLine.arguments[1]
        let file = URL(fileURLWithPath: path)
        print("supervisor in the environment: \(getenv("ALOFT_SUPERVISOR").map { String(cString: $0) } ?? "none")")
        switch mode {
        case "stop":
            signal(SIGTERM) { _ in _exit(3) }
        case "hurry":
            termFile = strdup(path + ".term")
            signal(SIGTERM) { _ in
                if let termFile { close(open(termFile, O_CREAT | O_WRONLY, 0o600)) }
            }
            signal(SIGINT) { _ in _exit(4) }
        case "deaf":
            signal(SIGTERM, SIG_IGN)
            signal(SIGINT, SIG_IGN)
        default:
            try crash(file, Int(mode) ?? 0)
        }
        try "1".write(to: file, atomically: true, encoding: .utf8)
        while true { sleep(60) }
    }

    private static func crash(_ file: URL, _ crashes: Int) throws {
        let life = (try? String(contentsOf: file, encoding: .utf8)).flatMap { Int($0) } ?? 0
        try "\(life + 1)".write(to: file, atomically: true, encoding: .utf8)
        if life < crashes { fatalError("life \(life) ends here") }
        exit(7)
    }
}
