internal import AloftInsight

/// How a part of a line is coloured, where there are colours.
enum Tint: String, Sendable {
    case bold = "1"
    case faint = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case blue = "34"
    case magenta = "35"
    case cyan = "36"
}

/// A line for people. Names and messages come from outside: whatever of them would steer a terminal is escaped when the line is
/// written, so that no caller can forget it.
struct Styled: Sendable, Hashable, ExpressibleByStringInterpolation {
    struct Part: Sendable, Hashable {
        var text: String
        var tint: Tint?
    }

    private(set) var parts: [Part] = []

    init(_ text: String, _ tint: Tint? = nil) {
        if !text.isEmpty { parts = [Part(text: text.visible, tint: tint)] }
    }

    init(stringLiteral value: String) { self.init(value) }

    static func + (left: Styled, right: Styled) -> Styled {
        var sum = left
        sum.parts += right.parts
        return sum
    }

    static func += (left: inout Styled, right: Styled) { left = left + right }

    /// Without colours.
    var text: String { parts.map(\.text).joined() }

    var isEmpty: Bool { parts.isEmpty }

    /// How many columns it takes.
    var width: Int { parts.reduce(0) { $0 + DisplayWidth.of($1.text) } }

    func rendered(hasColours: Bool) -> String {
        parts.map { part in
            guard hasColours, let tint = part.tint else { return part.text }
            return "\u{1b}[\(tint.rawValue)m\(part.text)\u{1b}[0m"
        }.joined()
    }

    /// Cut to so many columns, with a mark where it was.
    func cut(to limit: Int) -> Styled {
        guard width > limit else { return self }
        var (result, room) = (Styled(""), max(0, limit - 1))
        for part in parts {
            let (text, width) = DisplayWidth.prefix(part.text, columns: room)
            result.parts.append(Part(text: text, tint: part.tint))
            room -= width
            if text.unicodeScalars.count < part.text.unicodeScalars.count { break }
        }
        if limit > 0 { result.parts.append(Part(text: "…", tint: result.parts.last?.tint)) }
        return result
    }

    /// Filled up with spaces.
    func padded(to width: Int, onLeft: Bool = false) -> Styled {
        let rest = width - self.width
        guard rest > 0 else { return self }
        let space = Styled(String(repeating: " ", count: rest))
        return onLeft ? space + self : self + space
    }

    mutating func trimEnd() {
        while let last = parts.last, last.text.allSatisfy({ $0 == " " }) { parts.removeLast() }
        guard var last = parts.popLast() else { return }
        while last.text.last == " " { last.text.removeLast() }
        parts.append(last)
    }
}
