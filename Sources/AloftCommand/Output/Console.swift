internal import AloftInsight
internal import Foundation
internal import Logging

/// Writes for people and programs.
enum Console {
    /// A line on standard output.
    static func say(_ line: Styled) { say([line], to: .output) }

    static func say(_ lines: [Styled], to terminal: Terminal = .output) {
        guard !lines.isEmpty else { return }
        write(lines.map { $0.rendered(hasColours: terminal.hasColours) + "\n" }.joined(), to: STDOUT_FILENO)
    }

    /// A line on standard error.
    static func complain(_ line: Styled) { write("aloft: \(line.text)\n", to: STDERR_FILENO) }

    /// A question on standard error. - Returns: Whether the answer is yes.
    static func confirm(_ question: Styled) -> Bool {
        write("\(question.text) [y/N] ", to: STDERR_FILENO)
        return ["y", "yes"].contains(readLine()?.trimmingCharacters(in: .whitespaces).lowercased() ?? "")
    }

    /// One document of the JSON that the dashboard's API speaks: on one line, or on several for who sits before it.
    static func say(_ kind: String, json value: some Encodable) throws {
        let bytes = try InsightJSON.document(kind, value, isPretty: Terminal.output.isInteractive)
        write(String(decoding: bytes, as: UTF8.self).visibleJSON + "\n", to: STDOUT_FILENO)
    }

    /// Text that is what it is: only for what was escaped, or is meant for a program.
    static func write(_ text: String, to descriptor: Int32 = STDOUT_FILENO) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                bytes = bytes.dropFirst(count)
            } else if errno == EPIPE {
                // Whoever read has seen enough. The I/O library has this signal ignored.
                signal(SIGPIPE, SIG_DFL)
                raise(SIGPIPE)
            } else if errno != EINTR {
                return
            }
        }
    }
}

/// Warnings of the library, as lines on standard error.
struct ConsoleLogHandler: LogHandler {
    var logLevel = Logger.Level.warning
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { Console.complain(Styled(line(event))) }

    /// The message with what stands beside it: "warning: the store does not answer (error: refused, part: 3)".
    func line(_ event: LogEvent) -> String {
        let all = metadata.merging(event.metadata ?? [:]) { _, given in given }
        let facts = all.sorted { $0.key < $1.key }.map { "\($0.key): \("\($0.value)".shortened(to: Self.longestFact))" }
        let details = facts.isEmpty ? "" : " (\(facts.joined(separator: ", ").shortened(to: Self.longestFacts)))"
        return "\(event.level): \(event.message)\(details)"
    }

    /// How many characters of one fact, and of all, are told.
    private static let longestFact = 300
    private static let longestFacts = 1_000
}

extension Logger {
    /// Tells people of trouble.
    static var console: Logger {
        var logger = Logger(label: "aloft") { _ in ConsoleLogHandler() }
        logger.logLevel = .warning
        return logger
    }
}
