private import AloftCore
public import Logging

#if canImport(Darwin)
private import Darwin
#elseif canImport(Musl)
private import Musl
#else
private import Glibc
#endif

/// Keeps a worker program alive: runs it as a child, and starts it again when it crashes.
///
/// A trap in Swift code ends the process, whatever else that runs. Put this first in `main`, and start the program with
/// `--supervise`:
///
/// ```swift
/// Supervisor.runIfAsked()
/// ```
/// The same executable runs again as a child with the other arguments. When it ends in order, the supervisor exits with its
/// code. When a signal ends it, the supervisor logs what Swift's backtracer wrote and starts it again, after pauses that grow. It
/// tells the next child which workers died and with what words: their work is taken over at once, and what crashed them
/// fails, or is quarantined, with the backtrace.
///
/// The first SIGTERM or SIGINT reaches the child as SIGTERM, so that it can drain; a second as SIGINT, which hurries a program
/// that lists it among its `cancellationSignals`; a third ends it. After the first it is not started again. A child whose supervisor
/// is gone, however that went, drains and ends.
public struct Supervisor {
    public struct Options: Sendable {
        /// The pause after a first crash; twice as long after each further one in a row, half of it at random.
        public var firstPause: Duration
        public var longestPause: Duration
        /// A child that ran for so long was healthy: its crash counts as a first one.
        public var healthyTime: Duration
        /// After so many crashes in a row, none after a healthy time, the supervisor gives up.
        public var maximumQuickCrashes: Int
        /// How long a child may take to drain whose supervisor was killed; in whole seconds, at least one.
        public var orphanLimit: Duration

        public init(
            firstPause: Duration = .milliseconds(500),
            longestPause: Duration = .seconds(30),
            healthyTime: Duration = .seconds(60),
            maximumQuickCrashes: Int = 20,
            orphanLimit: Duration = .seconds(30)
        ) {
            self.firstPause = firstPause
            self.longestPause = longestPause
            self.healthyTime = healthyTime
            self.maximumQuickCrashes = maximumQuickCrashes
            self.orphanLimit = orphanLimit
        }
    }

    /// The argument that asks for a supervisor.
    public static let flag = "--supervise"
    /// The exit code when it gives up: `EX_SOFTWARE`.
    public static let gaveUp: Int32 = 70
    /// How much of a crash text is read, in bytes. More than is kept, so that whoever cuts it can say so.
    package static let crashTextLimit = 64 * 1024

    private let arguments: [String]
    private let options: Options
    private let logger: Logger

    /// Supervises if the program's arguments ask for it, and does not return then. To be called first in `main`, of the child as
    /// well, which takes up the link to its supervisor here.
    public static func runIfAsked(
        options: Options = Options(),
        logger: Logger = Logger(label: "aloft.supervisor")
    ) {
        guard CommandLine.arguments.dropFirst().contains(flag) else { return SupervisedProgram.adopt(options) }
        let arguments = CommandLine.arguments.filter { $0 != flag }
        exit(Supervisor(arguments: arguments, options: options, logger: logger).run())
    }

    /// - Returns: The code to exit with.
    private func run() -> Int32 {
        guard let signals = SignalQueue(), let folder = SupervisorFolder() else {
            logger.critical("the supervisor cannot work: there is no pipe, or no temporary folder (see TMPDIR)")
            return Self.gaveUp
        }
        defer { folder.remove() }
        var plan = RestartPlan(options)
        while true {
            let began = ContinuousClock.now
            guard let child = SupervisedChild(arguments, folder.link) else {
                logger.critical("the program cannot be started", metadata: ["program": "\(arguments.first ?? "?")"])
                return Self.gaveUp
            }
            let (end, isStopping) = child.wait(signals)
            guard case .killed(let signal) = end else { return end.code }
            note(crashBy: signal, in: folder)
            guard !isStopping else { return end.code }
            switch plan.crashed(after: .now - began, random: .random(in: 0...1)) {
            case .giveUp:
                logger.critical(
                    "the program crashed \(plan.quickCrashes) times in a row and is not started again",
                    metadata: ["within": "\(options.healthyTime) of each start"]
                )
                return Self.gaveUp
            case .restart(let pause):
                logger.warning("the program is started again", metadata: ["after": "\(pause)"])
                if signals.pause(for: pause) { return 0 }
            }
        }
    }

    /// Tells the log and the next child.
    private func note(crashBy signal: Int32, in folder: SupervisorFolder) {
        let words = LastWords(folder.takeBacktrace(upTo: Self.crashTextLimit), limit: Self.crashTextLimit)
        let text = words?.text ?? "the process was ended by signal \(signal); no backtrace was written"
        let workers = folder.takeWorkers()
        // If it did not come so far as to have workers, it has not passed on the note of the crash before either.
        if !workers.isEmpty { folder.leave(CrashNote(workers: workers, text: text)) }
        logger.critical("the program crashed", metadata: ["signal": "\(signal)", "backtrace": "\(text)"])
    }
}
