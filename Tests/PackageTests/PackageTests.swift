import Foundation
import Testing

/// What the manifest must say of every target. The manifest is read as SwiftPM reads it.
@Suite struct PackageTests {
    struct Manifest: Decodable {
        struct Target: Decodable {
            struct Setting: Decodable {
                let kind: [String: [String: String]]
            }
            let name: String
            let type: String
            let settings: [Setting]
            let dependencies: [Dependency]
        }
        struct Dependency: Decodable {
            let byName: [String?]?
            let product: [Product]?
            /// Without which it is left out.
            let traits: [String]

            /// The fields of a product dependency are a list of different things: its name is the first, a condition the last.
            enum Product: Decodable {
                struct Condition: Decodable { let traits: [String]? }
                case name(String)
                case condition(Condition)
                case other
                init(from decoder: any Decoder) throws {
                    let container = try decoder.singleValueContainer()
                    if let name = try? container.decode(String.self) {
                        self = .name(name)
                    } else if let condition = try? container.decode(Condition.self) {
                        self = .condition(condition)
                    } else {
                        self = .other
                    }
                }
            }

            var name: String {
                if case .name(let name)? = product?.first { return name }
                return byName?.first.flatMap { $0 } ?? ""
            }

            init(from decoder: any Decoder) throws {
                let container = try decoder.container(keyedBy: Keys.self)
                let fields = try? container.decodeIfPresent([Product].self, forKey: .byName)
                byName = fields?.map { product in
                    if case .name(let name) = product { name } else { nil }
                }
                product = try container.decodeIfPresent([Product].self, forKey: .product)
                traits = (fields ?? product ?? []).flatMap { field -> [String] in
                    if case .condition(let condition) = field { condition.traits ?? [] } else { [] }
                }
            }

            enum Keys: String, CodingKey { case byName, product }
        }
        struct Trait: Decodable {
            let name: String
            let enabledTraits: [String]
        }
        let targets: [Target]
        let traits: [Trait]
    }

    static let manifest = Result {
        let scratch = FileManager.default.temporaryDirectory.appending(path: "aloft-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: scratch) }
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "swift", "package", "--package-path", root.path(), "--scratch-path", scratch.path(), "dump-package",
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return try JSONDecoder().decode(Manifest.self, from: data)
    }

    @Test func everyTargetHasTheLanguageModeAndTheUpcomingFeatures() throws {
        let targets = try Self.manifest.get().targets.filter { $0.type != "system" }
        #expect(targets.count > 10)
        for target in targets {
            let features = target.settings.compactMap { $0.kind["enableUpcomingFeature"]?["_0"] }
            #expect(
                Set(features) == [
                    "ExistentialAny", "InternalImportsByDefault", "MemberImportVisibility",
                    "NonisolatedNonsendingByDefault",
                ],
                "\(target.name)"
            )
            let modes = target.settings.compactMap { $0.kind["swiftLanguageMode"]?["_0"] }
            #expect(modes == ["6"], "\(target.name)")
        }
    }

    @Test(
        "Arrows point down only",
        arguments: [
            ("AloftCore", []),
            ("AloftClient", ["AloftCore"]),
            ("AloftMetrics", ["AloftCore"]),
            ("AloftPrometheus", ["AloftMetrics"]),
            ("Aloft", ["AloftClient", "AloftCore", "AloftMacros", "AloftMetrics"]),
            ("AloftMacros", []),
            ("AloftTesting", ["Aloft", "AloftCore"]),
            ("AloftRedis", ["AloftCore", "AloftMetrics", "RedisClient"]),
            ("AloftSupervisor", ["AloftCore"]),
            ("AloftEncryption", ["AloftCore"]),
            ("AloftEndpoint", ["Aloft"]),
            ("AloftInsight", ["AloftClient", "AloftCore"]),
            ("AloftDashboard", ["AloftClient", "AloftCore", "AloftInsight", "AloftMetrics"]),
            ("RedisClient", ["CHiredis"]),
        ]
    )
    func layers(_ name: String, _ allowed: [String]) throws {
        let targets = try Self.manifest.get().targets
        let target = try #require(targets.first { $0.name == name })
        let own = Set(targets.map(\.name))
        let dependencies = target.dependencies.map(\.name)
        #expect(dependencies.filter(own.contains).sorted() == allowed)
        if ["AloftCore", "AloftClient", "Aloft"].contains(name) {
            #expect(!dependencies.contains { $0.hasPrefix("NIO") }, "the engine and what is below it know no NIO")
        }
    }

    @Test("No library but the dashboard brings a web server, and none a command line or settings")
    func librariesAreLight() throws {
        let heavy = ["Hummingbird", "ArgumentParser", "Configuration"]
        let libraries = [
            "AloftCore", "AloftClient", "Aloft", "AloftTesting", "AloftRedis", "AloftSupervisor", "AloftInsight",
        ]
        for target in try Self.manifest.get().targets where libraries.contains(target.name) {
            #expect(target.dependencies.allSatisfy { !heavy.contains($0.name) }, "\(target.name)")
        }
    }

    @Test("A program that only starts and awaits instances is linked without the engine")
    func theClientOfTheSampleHasNoEngine() throws {
        let targets = try Self.manifest.get().targets
        var found: Set<String> = []
        var open = ["shortener-client"]
        while let name = open.popLast() {
            guard found.insert(name).inserted, let target = targets.first(where: { $0.name == name }) else { continue }
            open += target.dependencies.map(\.name)
        }
        #expect(found.isSuperset(of: ["AloftClient", "AloftRedis", "SplitContract"]))
        #expect(found.isDisjoint(with: ["Aloft", "AloftMacros", "SwiftSyntax"]))
    }
}
