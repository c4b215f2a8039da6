import AloftMetrics
import Foundation
import Testing

/// The board for Grafana and the alert rules for Prometheus ask for what there is.
@Suite struct BoardTests {
    struct Board: Decodable {
        struct Panel: Decodable {
            struct Place: Decodable { var h, w, x, y: Int }
            struct Target: Decodable {
                var expr: String
                var legendFormat: String
            }
            var id: Int
            var type: String
            var title: String
            var description: String?
            var gridPos: Place
            var targets: [Target]?
        }
        struct Variables: Decodable { var list: [Variable] }
        struct Variable: Decodable {
            struct Query: Decodable { var query: String }
            var name: String
            var type: String
            /// A text for a data source.
            var query: Query?

            enum CodingKeys: String, CodingKey { case name, type, query }

            init(from decoder: any Decoder) throws {
                let container = try decoder.container(keyedBy: CodingKeys.self)
                name = try container.decode(String.self, forKey: .name)
                type = try container.decode(String.self, forKey: .type)
                query = try? container.decode(Query.self, forKey: .query)
            }
        }
        var panels: [Panel]
        var templating: Variables
    }

    static func board() throws -> Board {
        let text = try CatalogueTests.text("deploy/grafana/aloft.json")
        return try JSONDecoder().decode(Board.self, from: Data(text.utf8))
    }

    @Test("Every metric and label on the board is in the catalogue, and used as what it is")
    func boardAsksForWhatThereIs() throws {
        let board = try Self.board()
        let targets = board.panels.flatMap { panel in (panel.targets ?? []).map { (panel.title, $0) } }
        #expect(targets.count > 30)
        for (title, target) in targets {
            let query = PromQuery(target.expr)
            #expect(query.problems.isEmpty, "\(title): \(target.expr)")
            let shown = Set(target.legendFormat.matches(of: /\{\{(\w+)\}\}/).map { String($0.1) })
            #expect(shown == query.grouping.subtracting(["le"]), "\(title) names its lines by what they are")
        }
        for variable in board.templating.list {
            guard let query = variable.query?.query else { continue }
            let match = try #require(query.wholeMatch(of: /label_values\((\w+), (\w+)\)/), "\(query)")
            let metric = try #require(PromQuery.metric(String(match.1))?.metric)
            #expect(metric.labels.contains(String(match.2)))
        }
    }

    @Test("Every metric of the catalogue is on the board")
    func nothingIsMissing() throws {
        let shown = try Self.board().panels.flatMap { $0.targets ?? [] }.flatMap { PromQuery($0.expr).names }
        let metrics = Set(shown.compactMap { PromQuery.metric($0)?.metric.name })
        #expect(Set(MetricCatalogue.all.map(\.name)).subtracting(metrics).isEmpty)
    }

    @Test("Variables that the board uses are there, panels do not overlap, and each says what it shows")
    func layout() throws {
        let board = try Self.board()
        let variables = Set(board.templating.list.map(\.name)).union(["__rate_interval"])
        let text = try CatalogueTests.text("deploy/grafana/aloft.json").replacing("$__all", with: "")
        for match in text.matches(of: /\$\{?(\w+)/) { #expect(variables.contains(String(match.1))) }
        #expect(Set(board.panels.map(\.id)).count == board.panels.count)
        var taken: Set<[Int]> = []
        for panel in board.panels {
            #expect(panel.type == "row" || panel.description?.isEmpty == false, "\(panel.title)")
            let place = panel.gridPos
            #expect(place.x + place.w <= 24)
            for x in place.x..<(place.x + place.w) {
                for y in place.y..<(place.y + place.h) {
                    #expect(taken.insert([x, y]).inserted, "\(panel.title) lies over another")
                }
            }
        }
    }

    struct Rule {
        var name = ""
        var expression = ""
        var annotations: [String: String] = [:]
        var severity = ""
    }

    /// The rules of the file, by its own plain form: one key in a line, expressions in one line or indented below.
    static func rules() throws -> [Rule] {
        var rules: [Rule] = []
        var isInExpression = false
        for line in try CatalogueTests.text("deploy/prometheus/alerts.yml").components(separatedBy: "\n") {
            let trimmed = line.trimmingCharacters(in: .whitespaces)
            guard !trimmed.isEmpty, !trimmed.hasPrefix("#") else { continue }
            if let match = trimmed.wholeMatch(of: /- alert: (\w+)/) {
                rules.append(Rule(name: String(match.1)))
                isInExpression = false
            } else if isInExpression, line.hasPrefix("          ") {
                rules[rules.count - 1].expression += " " + trimmed
            } else if let match = trimmed.wholeMatch(of: /(\w+): ?(.*)/), !rules.isEmpty {
                isInExpression = match.1 == "expr" && match.2 == "|"
                let value = match.2.trimmingCharacters(in: CharacterSet(charactersIn: "'"))
                switch match.1 {
                case "expr": rules[rules.count - 1].expression = match.2 == "|" ? "" : value
                case "severity": rules[rules.count - 1].severity = value
                case "summary", "description": rules[rules.count - 1].annotations[String(match.1)] = value
                case "for", "labels", "annotations": break
                default: Issue.record("unknown key \(match.1)")
                }
            }
        }
        return rules
    }

    @Test("Every alert asks for what there is, and names what it is about")
    func alerts() throws {
        let rules = try Self.rules()
        #expect(rules.count >= 12)
        #expect(Set(rules.map(\.name)).count == rules.count)
        for rule in rules {
            let query = PromQuery(rule.expression)
            #expect(query.problems.isEmpty, "\(rule.name): \(rule.expression)")
            #expect(rule.expression.contains(/[<>=]=? ?\d/), "\(rule.name) has a threshold")
            #expect(["warning", "critical"].contains(rule.severity), "\(rule.name)")
            for part in ["summary", "description"] {
                let text = rule.annotations[part] ?? ""
                #expect(!text.isEmpty, "\(rule.name) has no \(part)")
                for match in text.matches(of: /\$labels\.(\w+)/) {
                    #expect(query.grouping.contains(String(match.1)), "\(rule.name) knows no \(match.1)")
                }
            }
        }
    }

    @Test(
        "The check finds what is wrong",
        arguments: [
            ("sum(rate(aloft_comits_total[5m]))", "there is no metric aloft_comits_total"),
            ("sum by (queue) (rate(aloft_commits_total[5m]))", "there is no label queue"),
            ("aloft_queue_tasks{worker=\"x\"}", "there is no label worker"),
            ("rate(aloft_queue_tasks[5m])", "aloft_queue_tasks is a gauge"),
            ("sum(aloft_commits_total)", "aloft_commits_total is a counter"),
            ("rate(aloft_payload_bytes[5m])", "aloft_payload_bytes is a histogram"),
            ("sum by (le) (rate(aloft_commits_total[5m]))", "there is no label le"),
            ("up == 0", "it asks for nothing of Aloft"),
        ]
    )
    func check(_ expression: String, _ problem: String) {
        #expect(PromQuery(expression).problems == [problem])
    }
}
