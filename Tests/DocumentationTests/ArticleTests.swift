import Foundation
import Testing

/// What the articles show compiles: each block of Swift code in them stands, line for line, in a file of this package.
@Suite struct ArticleTests {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static let articles = files(in: "Sources", ofType: "md") + [root.appendingPathComponent("README.md")]

    static func files(in folder: String, ofType type: String) -> [URL] {
        let all = FileManager.default.enumerator(
            at: root.appendingPathComponent(folder),
            includingPropertiesForKeys: nil
        )
        return (all?.allObjects as? [URL] ?? []).filter { $0.pathExtension == type }.sorted { $0.path < $1.path }
    }

    struct Block: Sendable, CustomStringConvertible {
        var article: String
        var line: Int
        var code: [String]
        var description: String { "\(article):\(line)" }
    }

    /// The blocks of Swift code in a text, as lines without indentation.
    static func blocks(in url: URL) throws -> [Block] {
        var blocks: [Block] = []
        var current: Block?
        for (number, line) in try String(contentsOf: url, encoding: .utf8).components(separatedBy: "\n").enumerated() {
            let line = line.trimmingCharacters(in: .whitespaces)
            if line == "```swift" {
                current = Block(article: url.lastPathComponent, line: number + 1, code: [])
            } else if line.hasPrefix("```") {
                if let block = current { blocks.append(block) }
                current = nil
            } else if !line.isEmpty {
                current?.code.append(line)
            }
        }
        return blocks
    }

    /// The lines of all compiled sources that may be quoted.
    static func sources() throws -> [[String]] {
        let folders = [
            "Samples", "Tests/AloftMacrosTests", "Tests/AloftTestingTests", "Tests/AloftTests",
            "Tests/DocumentationTests/Snippets",
        ]
        let files = folders.flatMap { Self.files(in: $0, ofType: "swift") }
        return try files.map { url in
            try String(contentsOf: url, encoding: .utf8).components(separatedBy: "\n")
                .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        }
    }

    @Test("Every block of code in an article is compiled somewhere in the package")
    func compiled() throws {
        let sources = try Self.sources()
        let blocks = try Self.articles.flatMap(Self.blocks)
        #expect(blocks.count > 20)
        for block in blocks where !sources.contains(where: { $0.contains(lines: block.code) }) {
            Issue.record("the code at \(block) is in no file that is compiled:\n\(block.code.joined(separator: "\n"))")
        }
    }

    /// A row of the table of the language: a rule, the tests on every set-up, further tests and checks of the stores.
    struct Row: Sendable, CustomStringConvertible {
        var rule: String
        var onEverySetup: [String]
        var further: [String]
        var description: String { rule }
    }

    static func rows() throws -> [Row] {
        let article = root.appendingPathComponent("Sources/Aloft/Aloft.docc/LanguageTable.md")
        return try String(contentsOf: article, encoding: .utf8).components(separatedBy: "\n").compactMap { line in
            let cells = line.components(separatedBy: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 5, cells[1] != "rule", !cells[1].hasPrefix("---") else { return nil }
            return Row(rule: cells[1], onEverySetup: quoted(in: cells[2]), further: quoted(in: cells[3]))
        }
    }

    /// What stands between backticks.
    private static func quoted(in cell: String) -> [String] {
        cell.components(separatedBy: "`").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
    }

    /// The tests of the files, as "Suite/function". Of a file with several suites, each may have each function.
    private static func tests(in files: [String]) -> Set<String> {
        Set(
            files.flatMap { file in
                let suites = Set(file.matches(of: /\b(?:struct|class|enum|extension) (\w+)[ :]/).map(\.1))
                let functions = file.matches(of: /\bfunc (\w+)\(/).map(\.1)
                return suites.flatMap { suite in functions.map { "\(suite)/\($0)" } }
            }
        )
    }

    private static func texts(_ folder: String) throws -> [String] {
        try files(in: folder, ofType: "swift").map { try String(contentsOf: $0, encoding: .utf8) }
    }

    @Test("Every test and every check that the table of the language names exists")
    func table() throws {
        let languageTests = Self.tests(in: try Self.texts("Tests/LanguageTests"))
        let allTests = Self.tests(in: try Self.texts("Tests"))
        let checks = try Self.texts("Sources/StoreConformance")
        let rows = try Self.rows()
        #expect(rows.count > 80)
        for row in rows {
            #expect(!row.onEverySetup.isEmpty || !row.further.isEmpty, "nothing proves that \(row)")
            for name in row.onEverySetup {
                #expect(languageTests.contains(name), "there is no test \(name) of \(row) in LanguageTests")
            }
            for name in row.further where name.hasPrefix("\"") {
                #expect(checks.contains { $0.contains("(\(name)") }, "there is no check \(name) of \(row)")
            }
            for name in row.further where !name.hasPrefix("\"") {
                #expect(allTests.contains(name), "there is no test \(name) of \(row)")
            }
        }
    }

    @Test("Every row about faults names what shows it, and that exists", arguments: ["Faults", "FaultTable"])
    func faults(article: String) throws {
        let url = Self.root.appendingPathComponent("Sources/Aloft/Aloft.docc/\(article).md")
        let tests = Self.tests(in: try Self.texts("Tests"))
        let checks = try Self.texts("Sources/StoreConformance")
        let lines = try String(contentsOf: url, encoding: .utf8).components(separatedBy: "\n")
        let rows = lines.filter { $0.hasPrefix("| ") && !$0.hasSuffix("| shown by |") }
        #expect(rows.count > 35)
        for row in rows {
            let cells = row.components(separatedBy: " |")
            let names = Self.quoted(in: cells.dropLast().last ?? "")
            #expect(!names.isEmpty, "nothing shows that \(row)")
            for name in names {
                let isThere =
                    name.hasPrefix("\"") ? checks.contains { $0.contains("(\(name)") } : tests.contains(name)
                #expect(isThere, "there is no \(name), which is to show that \(row)")
            }
        }
    }
}

extension [String] {
    /// Whether the lines stand in here one after the other. A line of three dots stands for anything.
    func contains(lines: [String]) -> Bool {
        let parts = lines.split(separator: "…")
        guard let first = parts.first else { return true }
        var start = startIndex
        search: while let found = firstIndex(of: first, from: start) {
            var end = found + first.count
            for part in parts.dropFirst() {
                guard let next = firstIndex(of: part, from: end) else {
                    start = found + 1
                    continue search
                }
                end = next + part.count
            }
            return true
        }
        return false
    }

    private func firstIndex(of part: ArraySlice<String>, from start: Int) -> Int? {
        guard part.count <= count - start else { return nil }
        return (start...(count - part.count)).first { self[$0..<($0 + part.count)] == part }
    }
}
