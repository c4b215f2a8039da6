internal import Foundation

/// What output goes to.
struct Terminal: Sendable {
    /// Columns; `nil`: as many as a line takes, since no terminal is there to wrap it.
    var width: Int?
    var hasColours: Bool
    /// Whether lines that were written can be written over.
    var isInteractive: Bool

    static let plain = Terminal(width: nil, hasColours: false, isInteractive: false)

    /// Standard output, as it is now: terminals change their size.
    static var output: Terminal { of(STDOUT_FILENO, ProcessInfo.processInfo.environment) }

    /// Whether somebody can be asked something.
    static var canAsk: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

    static func of(_ descriptor: Int32, _ environment: [String: String]) -> Terminal {
        let isTerminal = isatty(descriptor) == 1
        let hasColours = isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
        return Terminal(
            width: environment["COLUMNS"].flatMap { Int($0) }.map { max(20, $0) }
                ?? (isTerminal ? columns(descriptor) : nil),
            hasColours: hasColours,
            isInteractive: isTerminal && environment["TERM"] != "dumb"
        )
    }

    private static func columns(_ descriptor: Int32) -> Int {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return max(20, Int(size.ws_col))
    }
}
