#if Macros
extension String {
    /// Code of which the compiler is to speak as if it stood where the user wrote what it is about.
    func placed(at place: Place?) -> String {
        guard let place else { return self }
        return "#sourceLocation(file: \(place.file), line: \(place.line))\n\(self)\n#sourceLocation()"
    }

    /// Each line moved to the right.
    func indented(_ columns: Int = 4) -> String {
        let margin = String(repeating: " ", count: columns)
        return split(separator: "\n", omittingEmptySubsequences: false)
            // The text of a literal over several lines may hold anything but directives.
            .map { $0.isEmpty || $0.hasPrefix("#sourceLocation") ? String($0) : margin + $0 }
            .joined(separator: "\n")
    }

    var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }

    var newlineCount: Int { count(where: \.isNewline) }

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
