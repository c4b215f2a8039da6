/// The text that Prometheus reads, line by line.
struct ExpositionText {
    private(set) var text = ""

    /// Begins a family.
    mutating func begin(_ name: String, _ kind: SeriesKind, help: String?) {
        if let help { text += "# HELP \(name) \(PrometheusName.escapedHelp(help))\n" }
        text += "# TYPE \(name) \(kind.rawValue)\n"
    }

    /// - Parameter labels: Written out, without braces.
    mutating func sample(_ name: String, _ labels: String, _ value: Double) {
        text += labels.isEmpty ? "\(name) \(Self.number(value))\n" : "\(name){\(labels)} \(Self.number(value))\n"
    }

    /// A number as Go reads it, whole ones without a fraction.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    }
}
