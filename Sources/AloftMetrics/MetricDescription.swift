/// A metric as it is documented, emitted and exported.
package struct MetricDescription: Hashable, Sendable {
    package enum Kind: String, Sendable {
        /// Counts up from zero.
        case counter
        /// Goes up and down.
        case gauge
        /// How values are spread: what is measured once for each thing that happens.
        case histogram
    }

    package let name: String
    package let kind: Kind
    /// What one is: of a counter what is counted, of the others what is measured.
    package let unit: String
    package let labels: [String]
    package let text: String

    init(_ name: String, _ kind: Kind, _ unit: String, _ labels: [MetricLabel], _ text: String) {
        self.name = name
        self.kind = kind
        self.unit = unit
        self.labels = labels.map(\.rawValue)
        self.text = text
    }

    init(_ name: String, _ kind: Kind, _ unit: String, _ text: String) {
        self.init(name, kind, unit, [], text)
    }

    /// Whether it is a time. Handles of such take durations, and exports are in seconds.
    package var isTime: Bool { unit == "seconds" }
}

/// What metrics are told apart by. Never by instance: the number of series has to be bounded.
enum MetricLabel: String {
    case workflow
    case activity
    case queue
    case kind
    case outcome
    case status
    case error
    case cause
    case reason
}
