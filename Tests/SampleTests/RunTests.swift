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

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    private func run(_ command: String) async throws -> [String] {
        let (end, output) = try await FileThreads().run { try ShellCommand.run("\(command) </dev/null", BytePath("/")) }
        let text = String(decoding: output, as: UTF8.self)
        #expect(end == .exited(0), "\(text)")
        return text.split(separator: "\n").map(String.init)
    }

    private func run(sample: String) async throws -> [String] {
        try await run("unset ALOFT_REDIS_URL; exec '\(try Self.folder)/\(sample)'")
    }

    private func runWithRedis(_ program: String) async throws -> [String] {
        try await run("BIN='\(try Self.folder)' '\(Self.root)/Samples/with-redis.sh' '\(program)'")
    }

    @Test func concurrency() async throws {
        let lines = try await run(sample: "Concurrency")
        let cities = ["Lima", "Nairobi", "Oslo", "Ouagadougou", "Quito", "Tokyo"]
        #expect(lines.dropLast(2).sorted() == cities.map { "measuring \($0)" })
        #expect(lines.suffix(2).first?.hasPrefix("6 measurements of 300 ms took ") == true)
        #expect(lines.last == "Ouagadougou has 11 degrees")
    }

    @Test func continueAsNew() async throws {
        let lines = try await run(sample: "ContinueAsNew")
        #expect(lines.first == "35 visitors in 4 executions")
        #expect(lines.last?.hasSuffix(" events in the history of the last") == true)
    }

    @Test func queues() async throws {
        let lines = ["title rendered on samples", "battle rendered on gpu", "credits rendered on night"]
        #expect(try await run(sample: "Queues") == lines)
    }

    @Test func errorsAndRetries() async throws {
        #expect(
            try await run(sample: "ErrorsAndRetries") == [
                "attempt 1 to charge Alice", "attempt 2 to charge Alice", "attempt 3 to charge Alice",
                "Alice was charged",
                "attempt 1 to charge Mallory", "Mallory was refused: card stolen",
            ]
        )
    }

    @Test func signals() async throws {
        let lines = try await run(sample: "Signals")
        #expect(lines.dropLast() == ["alice was outbid by bob", "bob bought for 30", "carol was outbid by bob"])
        #expect(lines.last?.hasPrefix("dave found no auction: ") == true)
    }

    @Test func hello() async throws {
        #expect(try await runWithRedis("\(try Self.folder)/Hello") == ["Hello, world!"])
    }

    @Test func split() async throws {
        #expect(try await runWithRedis("\(Self.root)/Samples/Split/run.sh") == ["asap", "irl"])
    }

    @Test func orders() async throws {
        #expect(
            try await run(sample: "Orders") == [
                "An order is approved:",
                "    reserved lamp, bulb",
                "    charged 4900 cents to card 4242",
                "    packed reservation of order-approved",
                "    handed over parcel of reservation of order-approved",
                "  shipped, approved by finance: tracking number 39",
                "Nobody approves an order in time:",
                "    reserved lamp, bulb",
                "    released reservation of order-timedOut",
                "  timed out",
                "An order is cancelled while it waits for approval:",
                "    reserved lamp, bulb",
                "    released reservation of order-cancelled",
                "  cancelled: the customer changed their mind",
                "An order is approved, but its card is declined:",
                "    reserved lamp, bulb",
                "    released reservation of order-declined",
                "  payment failed: card stolen is declined",
            ]
        )
    }

    /// Whoever looks for them finds them: `make sample NAME=…` stands in the README for each.
    @Test func everySampleIsInTheReadme() throws {
        let files = FileManager.default
        let readme = try String(contentsOfFile: "\(Self.root)/README.md", encoding: .utf8)
        let samples = try files.contentsOfDirectory(atPath: "\(Self.root)/Samples")
            .filter { !$0.contains(".") && !["Archive", "CZlib", "Kit"].contains($0) }
        #expect(samples.count == 9)
        for sample in samples { #expect(readme.contains("make sample NAME=\(sample)"), "\(sample)") }
    }
}
