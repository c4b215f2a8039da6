#if Macros
extension Place {
    /// From here on errors are shown where the user wrote what they are about, until ``endOfPlace``.
    var beginning: String { "#sourceLocation(file: \(file), line: \(line))" }
}

let endOfPlace = "#sourceLocation()"

extension String {
    /// Each line moved to the right.
    func indented(_ columns: Int = 4) -> String {
        let margin = String(repeating: " ", count: columns)
        return split(separator: "\n", omittingEmptySubsequences: false)
            // The text of a literal over several lines may hold anything but directives.
            .map { $0.isEmpty || $0.hasPrefix("#sourceLocation") ? String($0) : margin + $0 }
            .joined(separator: "\n")
    }

    var lineCount: Int { reduce(1) { $1.isNewline ? $0 + 1 : $0 } }

    /// As a literal of Swift.
    var quoted: String {
        let escaped = map { character -> String in
            switch character {
            case "\"": "\\\""
            case "\\": "\\\\"
            case "\n": "\\n"
            case "\r": "\\r"
            case "\t": "\\t"
            default: String(character)
            }
        }
        return "\"\(escaped.joined())\""
    }
}
#endif
