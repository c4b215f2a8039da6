/// JSON over several lines, as people like to read it: what is short stays on its line.
enum JSONText {
    private static let width = 56

    static func lines(_ value: JSONValue) -> String { text(value, indent: 0) }

    private static func text(_ value: JSONValue, indent: Int) -> String {
        let plain = (try? InsightJSON.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        switch value {
        case .array(let values) where !values.isEmpty:
            if fits(plain, indent, value) { return spaced(value) }
            return block("[", values.map { text($0, indent: indent + 1) }, "]", indent)
        case .object(let values) where !values.isEmpty:
            if fits(plain, indent, value) { return spaced(value) }
            let members = values.sorted { $0.key < $1.key }.map { key, value in
                "\(quoted(key)): \(text(value, indent: indent + 1))"
            }
            return block("{", members, "}", indent)
        default: return plain
        }
    }

    private static func fits(_ plain: String, _ indent: Int, _ value: JSONValue) -> Bool {
        // A space behind each comma and colon makes it longer by about a tenth.
        plain.utf8.count + plain.utf8.count / 10 + indent * 2 <= width
    }

    private static func spaced(_ value: JSONValue) -> String {
        switch value {
        case .array(let values): "[\(values.map(spaced).joined(separator: ", "))]"
        case .object(let values):
            "{\(values.sorted { $0.key < $1.key }.map { "\(quoted($0)): \(spaced($1))" }.joined(separator: ", "))}"
        default: (try? InsightJSON.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        }
    }

    private static func block(_ open: String, _ lines: [String], _ close: String, _ indent: Int) -> String {
        let space = String(repeating: "  ", count: indent)
        return "\(open)\n\(lines.map { "\(space)  \($0)" }.joined(separator: ",\n"))\n\(space)\(close)"
    }

    private static func quoted(_ text: String) -> String {
        (try? InsightJSON.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
}
