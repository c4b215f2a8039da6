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
/// code. When a signal ends it, the supervisor logs what Swift's backtracer wrote and starts it again, after pauses that grow.
/// SIGTERM and SIGINT are passed on, so that the child can drain; after that it is not started again.
public struct Supervisor {
    public struct Options: Sendable {
        /// The pause after a first crash; twice as long after each further one in a row, half of it at random.
        public var firstPause: Duration
        public var longestPause: Duration
        /// A child that ran for so long was healthy: its crash counts as a first one.
        public var healthyTime: Duration
        /// After so many crashes in a row, none after a healthy time, the supervisor gives up.
        public var maximumQuickCrashes: Int

        public init(
            firstPause: Duration = .milliseconds(500),
            longestPause: Duration = .seconds(30),
            healthyTime: Duration = .seconds(60),
            maximumQuickCrashes: Int = 20
        ) {
            self.firstPause = firstPause
            self.longestPause = longestPause
            self.healthyTime = healthyTime
            self.maximumQuickCrashes = maximumQuickCrashes
        }
    }

    /// The argument that asks for a supervisor.
    public static let flag = "--supervise"
    /// The exit code when it gives up: `EX_SOFTWARE`.
    public static let gaveUp: Int32 = 70
    /// How much of a crash text is kept, in bytes.
    package static let crashTextLimit = 32 * 1024

    private let arguments: [String]
    private let options: Options
    private let logger: Logger

    /// Supervises if the program's arguments ask for it, and does not return then. To be called before anything starts a thread.
    public static func runIfAsked(
        options: Options = Options(),
        logger: Logger = Logger(label: "aloft.supervisor")
    ) {
        guard CommandLine.arguments.dropFirst().contains(flag) else { return }
        let arguments = CommandLine.arguments.filter { $0 != flag }
        exit(Supervisor(arguments: arguments, options: options, logger: logger).run())
    }

    /// - Returns: The code to exit with.
    private func run() -> Int32 {
        let signals = SignalQueue()
        var plan = RestartPlan(options)
        let report = CrashReport()
        defer { report.remove() }
        while true {
            let began = ContinuousClock.now
            guard let child = SupervisedChild(arguments, reportingTo: report.path) else {
                logger.critical("the program cannot be started", metadata: ["program": "\(arguments.first ?? "?")"])
                return Self.gaveUp
            }
            let (end, isStopping) = child.wait(signals)
            guard case .killed(let signal) = end else { return end.code }
            let text = report.take(upTo: Self.crashTextLimit)
            logger.critical(
                "the program crashed",
                metadata: ["signal": "\(signal)", "backtrace": "\(text.isEmpty ? "none was written" : text)"]
            )
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
}
