extension StringProtocol {
    /// The text with everything escaped that would move a cursor, colour a terminal, turn the direction of reading or hide:
    /// what comes from workflows, clients and errors is shown and never obeyed.
    public var visible: String { escaped(keepingLines: false) }

    /// Likewise, but line breaks and tabs stay what they are.
    public var visibleLines: String { escaped(keepingLines: true) }

    private func escaped(keepingLines: Bool) -> String {
        guard unicodeScalars.contains(where: \.isTreacherous) else { return String(self) }
        var result = ""
        for scalar in unicodeScalars {
            if !scalar.isTreacherous || keepingLines && (scalar == "\n" || scalar == "\t") {
                result.unicodeScalars.append(scalar)
                continue
            }
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default: result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            }
        }
        return result
    }
}

extension String {
    /// At most so many characters; what is cut is marked.
    public func shortened(to limit: Int) -> String {
        count <= limit ? self : prefix(max(0, limit - 1)) + "…"
    }
}

extension Unicode.Scalar {
    fileprivate var isTreacherous: Bool {
        switch value {
        case 0..<0x20, 0x7f..<0xa0: true
        // Directions of reading: marks, embeddings, overrides, isolates.
        case 0x61c, 0x200e, 0x200f, 0x202a...0x202e, 0x2066...0x2069: true
        // Separators of lines, and what has no width.
        case 0x2028, 0x2029, 0x200b, 0x2060...0x2064, 0xfeff: true
        // Tags, and half of a character.
        case 0xe0000...0xe007f, 0xfff9...0xfffb: true
        default: false
        }
    }
}
