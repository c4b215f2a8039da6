/// What a process wrote when it crashed, made fit to be kept and shown: bounded, without control characters.
///
/// It comes from a process in a state that nobody knows. Nothing in it is trusted.
package struct LastWords: Hashable, Sendable {
    /// In bytes.
    package static let maximumBytes = 32 * 1024

    /// Lines of printable characters; not empty.
    package let text: String

    /// - Parameters:
    ///   - raw: Cut off at the end if it is too long: what crashed stands at the beginning.
    ///   - limit: In bytes, with what is said about the cut.
    /// - Returns: `nil` if nothing was said.
    package init?(_ raw: String, limit: Int = Self.maximumBytes) {
        var text = String(String.UnicodeScalarView(raw.unicodeScalars.map(Self.printable)))
        let isBlank = text.unicodeScalars.allSatisfy { $0 == "\n" || $0 == "\t" || $0 == " " }
        guard !isBlank, limit > 0 else { return nil }
        if text.utf8.count > limit {
            let note = "\n… cut off here"
            text = Self.cut(text, to: max(0, limit - note.utf8.count)) + Self.cut(note, to: limit)
        }
        self.text = text
    }

    /// The essence in one line of at most 300 bytes: how it ended, and the first line of the program's own code.
    package var headline: String {
        let lines = text.split(whereSeparator: \.isNewline).lazy.map { $0.drop { $0 == " " || $0 == "\t" } }
        let first = String(lines.first { !$0.isEmpty } ?? "")
        let frame = lines.dropFirst().first { Self.isFrameOfCode($0) }
        let line = frame.map { "\(first) · \(Self.withoutAddress($0))" } ?? first
        return line.utf8.count > 300 ? Self.cut(line, to: 297) + "…" : line
    }

    /// A frame of a backtrace with a place in a Swift file: "1 [ra] 0x… explode() + 58 in worker at /code/Main.swift:12:5".
    /// Those of the runtime have none, or one that a compiler made.
    private static func isFrameOfCode(_ line: Substring) -> Bool {
        line.first.map { "0123456789".contains($0) } == true && line.contains(".swift:")
            && !line.contains("Swift runtime failure") && !line.contains("<compiler-generated>")
    }

    private static func withoutAddress(_ frame: Substring) -> Substring {
        let words = frame.split(separator: " ", omittingEmptySubsequences: true)
        let start = words.firstIndex { !$0.hasPrefix("0x") && !$0.hasPrefix("[") && Int($0) == nil }
        return start.map { frame[words[$0].startIndex...] } ?? frame
    }

    /// Whole characters of the beginning.
    private static func cut(_ text: String, to bytes: Int) -> String {
        var count = 0
        let kept = text.unicodeScalars.prefix { scalar in
            count += UTF8.width(scalar)
            return count <= bytes
        }
        return String(String.UnicodeScalarView(kept))
    }

    private static func printable(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.value {
        case 0x09, 0x0a: scalar
        // Of both sets of control characters, and those that turn the direction of a text.
        case 0..<0x20, 0x7f..<0xa0, 0x200e, 0x200f, 0x202a...0x202e, 0x2066...0x2069: "\u{fffd}"
        default: scalar
        }
    }
}
