/// What a family of series is of, in Prometheus' words.
enum SeriesKind: String {
    case counter
    case gauge
    case histogram

    /// The names that samples of a family have.
    func sampleNames(of name: String) -> [String] {
        self == .histogram ? [name, name + "_bucket", name + "_sum", name + "_count"] : [name]
    }
}

/// Where a series stands: its family, and its labels as they are written.
struct SeriesPlace: Hashable {
    let family: String
    let labels: String
}

/// A handler whose value can be written.
protocol Series: AnyObject, Sendable {
    var place: SeriesPlace { get }
    func write(_ name: String, _ labels: String, to text: inout ExpositionText)
}

/// All series by name and labels. A plain value: the factory holds it behind a lock, which those who count never take.
struct SeriesTable {
    private struct Family {
        let kind: SeriesKind
        var series: [String: Entry] = [:]
    }

    private struct Entry {
        let series: any Series
        /// How many handles there are.
        var uses: Int
    }

    private let limit: Int
    private var families: [String: Family] = [:]
    /// The family of each name that samples have.
    private var owners: [String: String] = [:]
    private var count = 0
    /// How many series there was no room for.
    private(set) var refused = 0

    init(limit: Int) { self.limit = limit }

    /// Finds a series, or makes it. - Returns: `nil` if there are too many.
    mutating func series<Made: Series>(
        named label: String,
        _ dimensions: [(String, String)],
        _ kind: SeriesKind,
        _ make: (SeriesPlace) -> Made
    ) -> Made? {
        let labels = PrometheusName.labels(dimensions)
        let wanted = PrometheusName.metric(label)
        var name = wanted
        var number = 1
        while true {
            if let entry = families[name]?.series[labels], let found = entry.series as? Made {
                families[name]?.series[labels]?.uses += 1
                return found
            }
            // The same labels in the same family with another handler: integers and floating point counted under one label.
            if mayUse(name, kind), families[name]?.series[labels] == nil { break }
            number += 1
            name = "\(wanted)_\(kind.rawValue)\(number == 2 ? "" : "\(number)")"
        }
        guard count < limit else {
            refused += 1
            return nil
        }
        let made = make(SeriesPlace(family: name, labels: labels))
        for sample in kind.sampleNames(of: name) { owners[sample] = name }
        families[name, default: Family(kind: kind)].series[labels] = Entry(series: made, uses: 1)
        count += 1
        return made
    }

    /// Whether a family of that name and kind is there, or could be.
    private func mayUse(_ name: String, _ kind: SeriesKind) -> Bool {
        if let family = families[name] { return family.kind == kind }
        return kind.sampleNames(of: name).allSatisfy { owners[$0] == nil }
    }

    /// One of its handles is destroyed. With the last one the series goes.
    mutating func letGo(_ series: any Series) {
        let place = series.place
        guard let entry = families[place.family]?.series[place.labels], entry.series === series else { return }
        guard entry.uses == 1 else {
            families[place.family]?.series[place.labels]?.uses -= 1
            return
        }
        families[place.family]?.series[place.labels] = nil
        count -= 1
        guard let family = families[place.family], family.series.isEmpty else { return }
        families[place.family] = nil
        for sample in family.kind.sampleNames(of: place.family) { owners[sample] = nil }
    }

    /// Everything, in an order that does not change.
    var sorted: [(name: String, kind: SeriesKind, series: [(labels: String, series: any Series)])] {
        families.sorted { $0.key < $1.key }.map { name, family in
            (name, family.kind, family.series.sorted { $0.key < $1.key }.map { ($0.key, $0.value.series) })
        }
    }
}
