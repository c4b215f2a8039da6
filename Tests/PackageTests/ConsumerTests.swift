import Foundation
import Testing

/// The package as seen by one that depends on it.
@Suite struct ConsumerTests {
    private struct Resolved: Decodable {
        struct Pin: Decodable { let identity: String }
        let pins: [Pin]
    }

    /// Without the trait `Macros`, swift-syntax is not even fetched: a consumer is resolved as SwiftPM does it, in a folder of
    /// its own. It is not built here, which would take as long as all other tests.
    @Test func noSwiftSyntaxWithoutTheTrait() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "aloft-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let sources = folder.appending(path: "Sources/Consumer")
        try FileManager.default.createDirectory(at: sources, withIntermediateDirectories: true)
        try Data("import Aloft\n".utf8).write(to: sources.appending(path: "Consumer.swift"))
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let manifest = """
            // swift-tools-version: 6.2
            import PackageDescription
            let package = Package(
                name: "Consumer",
                platforms: [.macOS(.v15)],
                dependencies: [.package(name: "aloft", path: "\(root.path())", traits: [])],
                targets: [.target(name: "Consumer", dependencies: [.product(name: "Aloft", package: "aloft")])]
            )
            """
        try Data(manifest.utf8).write(to: folder.appending(path: "Package.swift"))
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["swift", "package", "--package-path", folder.path(), "resolve"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(String(decoding: said, as: UTF8.self))")
        let pins = try Data(contentsOf: folder.appending(path: "Package.resolved"))
        let packages = try JSONDecoder().decode(Resolved.self, from: pins).pins.map(\.identity)
        #expect(packages.contains("swift-service-lifecycle"))
        #expect(!packages.contains("swift-syntax"))
    }

    /// With the trait it is there, and the trait is on unless it is switched off: otherwise the test above would prove nothing.
    @Test func theTraitIsOnByDefault() throws {
        let manifest = try PackageTests.manifest.get()
        #expect(manifest.traits.first { $0.name == "default" }?.enabledTraits == ["Macros"])
        let macros = try #require(manifest.targets.first { $0.name == "AloftMacros" })
        #expect(macros.dependencies.map(\.name).contains("SwiftSyntax"))
        #expect(macros.dependencies.allSatisfy { $0.traits == ["Macros"] })
        let aloft = try #require(manifest.targets.first { $0.name == "Aloft" })
        #expect(aloft.dependencies.first { $0.name == "AloftMacros" }?.traits == ["Macros"])
    }
}
