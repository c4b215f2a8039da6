import Foundation
import Testing

/// Swift 6 mode and the upcoming features are on for every target.
@Suite struct ManifestTests {
    static var manifest: String {
        get throws {
            let root = URL(fileURLWithPath: #filePath)
                .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            return try String(contentsOf: root.appendingPathComponent("Package.swift"), encoding: .utf8)
        }
    }

    @Test func theSettingsHoldThemAll() throws {
        let settings = try #require(try Self.manifest.firstMatch(of: /let settings: \[SwiftSetting\] = \[([^\]]*)\]/)).1
        #expect(settings.contains(".swiftLanguageMode(.v6)"))
        for feature in [
            "ExistentialAny", "InternalImportsByDefault", "MemberImportVisibility", "NonisolatedNonsendingByDefault",
        ] {
            #expect(settings.contains(".enableUpcomingFeature(\"\(feature)\")"))
        }
    }

    @Test func everyTargetHasThem() throws {
        let targets = try Self.targets
        #expect(targets.count > 5)
        for target in targets {
            #expect(target.contains("swiftSettings: settings"), "\(target)")
        }
    }

    /// They are on where this is compiled.
    @Test func theCompilerSeesThem() {
        var off: [String] = []
        #if !swift(>=6)
        off.append("Swift 6 mode")
        #endif
        #if !hasFeature(ExistentialAny)
        off.append("ExistentialAny")
        #endif
        #if !hasFeature(InternalImportsByDefault)
        off.append("InternalImportsByDefault")
        #endif
        #if !hasFeature(MemberImportVisibility)
        off.append("MemberImportVisibility")
        #endif
        #if !hasFeature(NonisolatedNonsendingByDefault)
        off.append("NonisolatedNonsendingByDefault")
        #endif
        #expect(off == [])
    }

    /// The text of each target of Swift code: from its name to the parenthesis that closes it.
    private static var targets: [Substring] {
        get throws {
            let text = try manifest
            return text.matches(of: /\.(target|executableTarget|testTarget|macro)\(/).compactMap { match in
                var depth = 1
                var index = match.range.upperBound
                while depth > 0, index < text.endIndex {
                    if text[index] == "(" { depth += 1 }
                    if text[index] == ")" { depth -= 1 }
                    index = text.index(after: index)
                }
                let target = text[match.range.lowerBound..<index]
                // A dependency may be spelled .target(name:), too, without more.
                return target.contains(/name: "[^"]*"\s*\)/) && !target.contains(",") ? nil : target
            }
        }
    }
}
