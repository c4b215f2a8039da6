import AloftRedis
import Foundation
import RedisClient
import Testing

@testable import AloftCommand

/// Flags count before the environment, the environment before the file.
@Suite struct SettingsTests {
    private func withFile(_ text: String, _ body: (String) async throws -> Void) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "aloft-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }
        try text.write(to: file, atomically: true, encoding: .utf8)
        try await body(file.path)
    }

    @Test("what comes first counts, and each says where it is from")
    func order() async throws {
        let text =
            #"{"redis": {"url": "redis://file"}, "prefix": "file", "retention": "7d", "dashboard": {"port": 99}}"#
        try await withFile(text) { path in
            let environment = ["ALOFT_REDIS_URL": "redis://environment", "ALOFT_PREFIX": "environment"]
            let settings = try await Settings(flags: [.prefix: "flag"], environment: environment, file: path)
            #expect(settings[.prefix] == "flag" && settings.origin(of: .prefix) == "flag")
            #expect(settings[.redisURL] == "redis://environment" && settings.origin(of: .redisURL) == "environment")
            #expect(try settings.duration(.retention) == .seconds(7 * 86_400))
            #expect(try settings.number(.dashboardPort, in: 0...100) == 99)
            #expect(settings.origin(of: .dashboardPort) == path)
            #expect(settings[.durability] == nil && settings.origin(of: .durability) == nil)
        }
    }

    @Test("every setting has its name in the environment", arguments: Settings.Key.allCases)
    func names(_ key: Settings.Key) async throws {
        let settings = try await Settings(environment: [Settings.variable(key): "x"])
        #expect(settings[key] == "x")
    }

    @Test("the file is that of the flag, of the environment, or the one at home")
    func files() async throws {
        let home = FileManager.default.temporaryDirectory.appending(path: "aloft-\(UUID().uuidString)")
        let folder = home.appending(path: ".config/aloft")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: home) }
        try #"{"prefix": "home"}"#.write(to: folder.appending(path: "config.json"), atomically: true, encoding: .utf8)
        #expect(try await Settings(environment: ["HOME": home.path])[.prefix] == "home")
        try await withFile(#"{"prefix": "named"}"#) { path in
            let environment = ["HOME": home.path, "ALOFT_CONFIG": path]
            let named = try await Settings(environment: environment)
            #expect(named[.prefix] == "named")
        }
        #expect(try await Settings(environment: ["HOME": "/nowhere"])[.prefix] == nil)
    }

    @Test(
        "what does not do is told, with the place and what would",
        arguments: [
            ([:], "{broken", "cannot be read"), ([:], #"{"prefix": [1.5]}"#, "prefix is neither"),
            (["ALOFT_RETENTION": "long"], "{}", "retention (environment) has to be a length of time"),
            (["ALOFT_DURABILITY": "much"], "{}", "durability (environment) has to be redis, fsync or replicated:1"),
            (["ALOFT_MAXIMUM_PAYLOAD_BYTES": "-1"], "{}", "has to be a whole number"),
        ] as [([String: String], String, String)]
    )
    func complaints(_ environment: [String: String], _ file: String, _ complaint: String) async throws {
        try await withFile(file) { path in
            let outcome = try await runAloft(["list", "--config", path], environment: environment)
            #expect(outcome.status == 78 && outcome.complaints.contains(complaint), "\(outcome)")
        }
    }

    @Test("a file that was named has to be there")
    func missingFile() async throws {
        let outcome = try await runAloft(["list", "--config", "/nowhere/x.json"])
        #expect(outcome.status == 78 && outcome.complaints.contains("/nowhere/x.json"), "\(outcome)")
    }

    @Test("settings tells what counts, and no secrets")
    func told() async throws {
        let environment = ["ALOFT_REDIS_URL": "redis://u:hunter2@h", "ALOFT_ENCRYPTION_KEY": "hunter2"]
        let outcome = try await runAloft(["settings", "--prefix", "shop"], environment: environment)
        #expect(outcome.status == 0 && !outcome.output.contains("hunter2"))
        #expect(
            outcome.lines.contains { $0.split(separator: " ") == ["prefix", "ALOFT_PREFIX", "shop", "flag"] },
            "\(outcome)"
        )
    }

    @Test("durability is what the setting says")
    func durability() async throws {
        for (text, level) in [("redis", "as Redis is"), ("fsync", "fsync"), ("replicated:2", "replicated(2)")] {
            let settings = try await Settings(environment: ["ALOFT_DURABILITY": text])
            #expect(try settings.store().durability.description == level)
        }
    }
}
