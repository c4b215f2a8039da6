import ArchiveKit
import Foundation
import Synchronization

/// Results go to standard output, everything else to standard error.
enum Console {
    static func complain(_ text: String) { note("archive: \(text)") }

    static func note(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}

/// Tells how far a run is: on a terminal by one line that changes, otherwise by a line now and then.
final class ProgressLine: Sendable {
    private struct State {
        var last: ContinuousClock.Instant?
        var isShown = false
    }

    private let state = Mutex(State())
    private let isTerminal = isatty(2) != 0

    /// - Parameter isImportant: Show it even if the last one was just now.
    func show(_ text: String, isImportant: Bool = false) {
        state.withLock { state in
            let now = ContinuousClock.now
            let interval: Duration = isTerminal ? .milliseconds(100) : .seconds(5)
            if let last = state.last, now - last < interval, !isImportant { return }
            state.last = now
            if isTerminal {
                // Back to the start of the line and clear it.
                write("\r\u{1b}[K\(text)")
                state.isShown = true
            } else {
                write("\(text)\n")
            }
        }
    }

    /// Writes a line that stays.
    func note(_ text: String) {
        state.withLock { state in
            write((state.isShown ? "\r\u{1b}[K" : "") + text + "\n")
            state.isShown = false
        }
    }

    /// Puts an end to the line that changes.
    func end() {
        state.withLock { state in
            if state.isShown { write("\n") }
            state.isShown = false
        }
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}

/// Numbers as people read them.
enum Format {
    static func count(_ number: Int) -> String {
        let digits = String(number)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
            text.append(digit)
        }
        return text
    }

    static func count(_ number: Int, _ noun: String) -> String {
        "\(count(number)) \(noun)\(number == 1 ? "" : "s")"
    }

    static func bytes(_ number: Int) -> String {
        let units = ["bytes", "kB", "MB", "GB", "TB"]
        var value = Double(number)
        var unit = 0
        while value >= 999.95, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        return unit == 0 ? count(number, "byte") : "\(decimal(value)) \(units[unit])"
    }

    static func decimal(_ value: Double) -> String { String(format: "%.1f", value) }

    static func seconds(_ duration: Duration) -> String { decimal(duration / .seconds(1)) }
}
