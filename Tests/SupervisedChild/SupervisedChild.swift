import AloftSupervisor
import Foundation
import Logging

/// A program that crashes as often as it is told, and then exits with code 7: `supervised-child --supervise <file> <crashes>`.
/// The file counts its lives. With a number of crashes below zero it waits for SIGTERM and exits with code 3.
@main
struct SupervisedChild {
    static func main() throws {
        Supervisor.runIfAsked(
            options: .init(firstPause: .milliseconds(10), longestPause: .milliseconds(20), maximumQuickCrashes: 4)
        )
        let file = URL(fileURLWithPath: CommandLine.arguments[1])
        let crashes = Int(CommandLine.arguments[2]) ?? 0
        let life = (try? String(contentsOf: file, encoding: .utf8)).flatMap { Int($0) } ?? 0
        if crashes < 0 {
            signal(SIGTERM) { _ in _exit(3) }
            try "1".write(to: file, atomically: true, encoding: .utf8)
            while true { sleep(60) }
        }
        try "\(life + 1)".write(to: file, atomically: true, encoding: .utf8)
        if life < crashes { fatalError("life \(life) ends here") }
        exit(7)
    }
}
