/// How many columns of a terminal a text takes: what stands on the character before it takes none, what is wide takes two.
enum DisplayWidth {
    static func of(_ text: String) -> Int {
        // Nearly always.
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
        return text.reduce(0) { $0 + of($1) }
    }

    /// The longest beginning that fits, and how much it takes.
    static func prefix(_ text: String, columns: Int) -> (text: String, width: Int) {
        var (result, width) = ("", 0)
        for character in text {
            let next = of(character)
            guard width + next <= columns else { break }
            result.append(character)
            width += next
        }
        return (result, width)
    }

    static func of(_ character: Character) -> Int {
        // As wide as its widest part: marks are none of their own.
        min(2, character.unicodeScalars.map(of).max() ?? 0)
    }

    private static func of(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        if scalar.properties.isEmojiPresentation { return 2 }
        return wide.contains { $0.contains(scalar.value) } ? 2 : 1
    }

    /// East Asian Wide and Fullwidth, in large blocks.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115f, 0x2e80...0x303e, 0x3041...0x33ff, 0x3400...0x4dbf, 0x4e00...0x9fff, 0xa000...0xa4cf,
        0xa960...0xa97f, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6,
        0x1b000...0x1b2ff, 0x20000...0x3fffd,
    ]
}
