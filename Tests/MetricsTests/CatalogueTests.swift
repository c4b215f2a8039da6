import AloftMetrics
import Foundation
import Testing

/// The catalogue, and all that quotes it: the article, the board and the alert rules.
@Suite struct CatalogueTests {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    @Test("Names are those of Prometheus' customs, and each is there once")
    func names() {
        let all = MetricCatalogue.all
        #expect(Set(all.map(\.name)).count == all.count)
        for metric in all {
            #expect(metric.name.wholeMatch(of: /aloft_[a-z]+(_[a-z]+)*/) != nil, "\(metric.name)")
            #expect(metric.name.hasSuffix("_total") == (metric.kind == .counter), "\(metric.name)")
            #expect(metric.name.hasSuffix("_seconds") == (metric.unit == "seconds"), "\(metric.name)")
            #expect(!metric.labels.contains("instance"), "the number of series must be bounded")
            #expect(metric.text.hasSuffix(".") && !metric.text.contains("|"), "\(metric.name)")
        }
    }

    @Test("The table in the article is the catalogue, line for line")
    func article() throws {
        let lines = try Self.text("Sources/Aloft/Aloft.docc/Observability.md").components(separatedBy: "\n")
        let rows = lines.filter { $0.hasPrefix("| `aloft_") }
        let wanted = MetricCatalogue.all.map { metric in
            let labels = metric.labels.map { "`\($0)`" }.joined(separator: ", ")
            return "| `\(metric.name)` | \(metric.kind.rawValue) | \(metric.unit) | \(labels) | \(metric.text) |"
        }
        #expect(rows == wanted, "the article should have:\n\(wanted.joined(separator: "\n"))")
    }

    @Test("Every source names metrics by the catalogue only")
    func onePlace() throws {
        let sources = FileManager.default.enumerator(
            at: Self.root.appendingPathComponent("Sources"),
            includingPropertiesForKeys: nil
        )
        let files = (sources?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "swift" }
        #expect(files.count > 100)
        for file in files where file.lastPathComponent != "MetricCatalogue.swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            for metric in MetricCatalogue.all {
                #expect(!text.contains("\"\(metric.name)\""), "\(file.lastPathComponent) spells \(metric.name)")
            }
        }
    }
}
