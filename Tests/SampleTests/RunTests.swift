import ArchiveKit
import Foundation
import Testing

/// Each sample runs as it says, as a program, on a Redis of its own.
@Suite struct RunTests {
    /// Where the programs are built: beside the tests.
    private static var folder: String {
        get throws {
            #if os(macOS)
            let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }
            let folder = bundle?.bundleURL.deletingLastPathComponent()
            #else
            let folder = Bundle.main.executableURL?.deletingLastPathComponent()
            #endif
            return try #require(folder).path
        }
    }

    private func run(_ command: String) async throws -> [String] {
        let (end, output) = try await FileThreads().run { try ShellCommand.run("\(command) </dev/null", BytePath("/")) }
        let text = String(decoding: output, as: UTF8.self)
        #expect(end == .exited(0), "\(text)")
        return text.split(separator: "\n").map(String.init)
    }

    private func run(sample: String) async throws -> [String] {
        try await run("unset ALOFT_REDIS_URL; exec '\(try Self.folder)/\(sample)'")
    }

    @Test func concurrency() async throws {
        #expect(try await run(sample: "Concurrency") == ["Ouagadougou has 11 degrees"])
    }

    @Test func continueAsNew() async throws {
        let lines = try await run(sample: "ContinueAsNew")
        #expect(lines.first?.hasPrefix("35 visitors in 4 executions, ") == true)
    }

    @Test func queues() async throws {
        #expect(
            try await run(sample: "Queues") == [
                "frame 0 on samples", "frame 1 on gpu", "frame 2 on gpu", "frame 99 on night",
            ]
        )
    }

    @Test func errorsAndRetries() async throws {
        #expect(
            try await run(sample: "ErrorsAndRetries") == [
                "charged Alice at attempt 3", "Mallory was refused: card stolen",
            ]
        )
    }

    @Test func signals() async throws {
        #expect(
            try await run(sample: "Signals") == [
                "bob won", "alice went home", "bob bought for 30", "carol went home",
            ]
        )
    }

    @Test func split() async throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
        #expect(try await run("BIN='\(try Self.folder)' '\(root)/Samples/Split/run.sh'") == ["asap", "irl"])
    }

    @Test func orders() async throws {
        let lines = try await run(sample: "Orders")
        let ends = lines.filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }.map { $0.dropFirst(2) }
        #expect(ends.count == 5)
        #expect(ends.map { $0.prefix { $0 != ":" } } == ["shipped", "shipped", "failed", "cancelled", "failed"])
        #expect(lines.filter { $0.contains("released") }.count == 3)
    }
}
