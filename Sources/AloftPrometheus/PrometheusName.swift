/// Names and values as the exposition format takes them.
enum PrometheusName {
    /// Letters, digits, underscores and colons, no digit first.
    static func metric(_ label: String) -> String { name(label, allowing: ":") }

    /// The labels of a series, written out and in order; the last of several with one name counts.
    static func labels(_ dimensions: [(String, String)]) -> String {
        guard !dimensions.isEmpty else { return "" }
        var values: [String: String] = [:]
        for (key, value) in dimensions { values[label(key)] = value }
        return values.sorted { $0.key < $1.key }.map { "\($0)=\"\(escaped($1))\"" }.joined(separator: ",")
    }

    /// No colons; what begins with two underscores is Prometheus' own, and so is `le`, the bound of a bucket.
    private static func label(_ key: String) -> String {
        let name = name(key, allowing: "_")
        if name == "le" || name.hasPrefix("__") { return "exported_" + name }
        return name
    }

    private static func name(_ text: String, allowing extra: Unicode.Scalar) -> String {
        var name = ""
        for scalar in text.unicodeScalars {
            let isLetter = ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
            let isDigit = ("0"..."9").contains(scalar)
            if isDigit, name.isEmpty { name = "_" }
            name.unicodeScalars.append(isLetter || isDigit || scalar == "_" || scalar == extra ? scalar : "_")
        }
        return name.isEmpty ? "_" : name
    }

    /// The value of a label between its quotes.
    private static func escaped(_ value: String) -> String {
        escaped(value, quotes: true)
    }

    static func escapedHelp(_ text: String) -> String { escaped(text, quotes: false) }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
