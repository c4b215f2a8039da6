import AloftMetrics

/// What an expression of Prometheus' language asks for, as far as a test has to know.
struct PromQuery {
    /// What Prometheus adds to every series.
    static let targetLabels: Set = ["instance", "job"]

    let text: String
    /// The names of metrics, as they are written.
    let names: [String]
    /// The labels that remain in the result.
    let grouping: Set<String>
    /// All labels that it uses.
    let labels: Set<String>

    init(_ text: String) {
        self.text = text
        // What stands in quotes is no name.
        let bare = text.replacing(/"[^"]*"/, with: "\"\"")
        names = bare.matches(of: /\baloft_\w+/).map { String($0.output) }
        func list(_ matches: [Substring]) -> Set<String> {
            Set(matches.flatMap { $0.split(separator: ",").map { String($0.filter { !$0.isWhitespace }) } })
        }
        grouping = list(bare.matches(of: /\b(?:by|on) ?\(([^)]*)\)/).map(\.1))
        let selected = bare.matches(of: /(\w+) ?(?:=~|!~|!=|=) ?""/).map { String($0.1) }
        labels = grouping.union(selected)
    }

    /// The metric of the catalogue that a name is of, with what is behind it for the parts of a histogram.
    static func metric(_ name: String) -> (metric: MetricDescription, part: String)? {
        for metric in MetricCatalogue.all {
            if metric.name == name { return (metric, "") }
            guard metric.kind == .histogram, name.hasPrefix(metric.name) else { continue }
            let part = String(name.dropFirst(metric.name.count))
            if ["_bucket", "_sum", "_count"].contains(part) { return (metric, part) }
        }
        return nil
    }

    /// What is wrong with it.
    var problems: [String] {
        var problems: [String] = []
        if names.isEmpty { problems.append("it asks for nothing of Aloft") }
        var known = Self.targetLabels
        for name in names {
            guard let (metric, part) = Self.metric(name) else {
                problems.append("there is no metric \(name)")
                continue
            }
            known.formUnion(metric.labels)
            if part == "_bucket" { known.insert("le") }
            if metric.kind == .histogram, part.isEmpty { problems.append("\(name) is a histogram") }
            let rate = ["rate(", "increase("].contains { text.contains($0 + name) }
            if (metric.kind == .gauge) == rate { problems.append("\(name) is a \(metric.kind.rawValue)") }
        }
        for label in labels.subtracting(known).sorted() { problems.append("there is no label \(label)") }
        return problems
    }
}
