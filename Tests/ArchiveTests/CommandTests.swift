import AloftCore
import AloftRedis
import ArchiveKit
import Foundation
import LocalRedis
import Logging
import Testing

/// What the program says and returns when it cannot do what it was asked to.
@Suite struct CommandTests {
    private struct Ending {
        var status: ChildProcess.End
        var text: String
    }

    private func archive(_ arguments: String...) async throws -> Ending {
        let program = try #require(Self.program)
        return try await FileThreads().run {
            let words = arguments.map { "'\($0)'" }.joined(separator: " ")
            let (end, output) = try ShellCommand.run("exec \"$1\" \(words) 2>&1 </dev/null", BytePath(program))
            return Ending(status: end, text: String(decoding: output, as: UTF8.self))
        }
    }

    /// Built beside the tests.
    private static var program: String? {
        #if os(macOS)
        let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }
        let folder = bundle?.bundleURL.deletingLastPathComponent()
        #else
        let folder = Bundle.main.executableURL?.deletingLastPathComponent()
        #endif
        return folder.map { $0.appendingPathComponent("archive").path }
    }

    @Test func foldersThatCannotBeUsed() async throws {
        let folder = try TemporaryFolder()
        try folder.write("x", to: "source/a/x")
        try FileSystem.makeFolder(folder.path.appending("empty"))
        for command in ["run", "verify"] {
            let missing = try await archive(command, "\(folder.path)/missing", "\(folder.path)/out")
            #expect(missing.status == .exited(66))
            #expect(missing.text.contains("\(folder.path)/missing: No such file or directory"))
            let inside = try await archive(command, "\(folder.path)/source", "\(folder.path)/source/out")
            #expect(inside.status == .exited(73))
            #expect(inside.text.contains("lies in the source folder"))
        }
        let empty = try await archive("run", "\(folder.path)/empty", "\(folder.path)/out")
        #expect(empty.status == .exited(0))
        #expect(empty.text.contains("\(folder.path)/empty is empty: there is nothing to archive"))
        #expect(try await archive("run", "\(folder.path)/source").status == .exited(64))
    }

    @Test func aRedisThatCannotBeUsed() async throws {
        let folder = try TemporaryFolder()
        try folder.write("x", to: "source/a/x")
        let (source, output) = ("\(folder.path)/source", "\(folder.path)/out")
        let absent = try await archive("run", "--redis", "unix://\(folder.path)/nobody", source, output)
        #expect(absent.status == .exited(69), "\(absent.text)")
        #expect(absent.text.contains("\(folder.path)/nobody"))
        let nonsense = try await archive("run", "--redis", "http://x", source, output)
        #expect(nonsense.status == .exited(69), "\(nonsense.text)")
        try await withLocalRedis(LocalRedisOptions(password: "secret")) { redis in
            let url = "unix://\(redis.socketPath)?password=wrong"
            for command in [["run", "--redis", url, source, output], ["worker", "--redis", url]] {
                let refused =
                    command.count > 3
                    ? try await archive("run", "--redis", url, source, output)
                    : try await archive("worker", "--redis", url)
                #expect(refused.status == .exited(69), "\(refused.text)")
                #expect(refused.text.contains("refused the user, the password"), "\(refused.text)")
                #expect(!refused.text.contains("wrong"), "a password belongs in no message")
            }
        }
    }

    /// With `--keep` the demo goes on at its end, and what it says leads to what ran.
    @Test func theDemoCanBeLookedAt() async throws {
        let folder = try TemporaryFolder()
        for number in 0..<3 { try folder.write(noise(1_000), to: BytePath("source/folder \(number)/file")) }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: try #require(Self.program))
        process.arguments = ["demo", "--dir", "\(folder.path)/source", "--out", "\(folder.path)/out", "--keep"]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
        let url = try await FileThreads().run {
            var said = Data()
            while case let part = output.fileHandleForReading.availableData, !part.isEmpty {
                said += part
                let text = String(decoding: said, as: UTF8.self)
                if let url = text.firstMatch(of: /aloft list --redis (\S+)\n/) { return "\(url.1)" }
            }
            return ""
        }
        let store = try await RedisStore(
            .init(url: url),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        #expect(try await store.instanceCounts()[.completed] == 3)
        await store.shutdown()
        process.terminate()
        try await FileThreads().run { process.waitUntilExit() }
        #expect(process.terminationStatus == 130)
    }

    /// The demo itself, on a small folder: three workers, one of them killed.
    @Test func theDemoVerifiesWhatItDid() async throws {
        let folder = try TemporaryFolder()
        for number in 0..<9 { try folder.write(noise(1_000), to: BytePath("folder \(number)/file")) }
        let ending = try await archive("demo", "--dir", "\(folder.path)")
        #expect(ending.status == .exited(0), "\(ending.text)")
        for line in ["files       9", "instances   9", "kill -9", "9 files in 9 folders compared", "0 differences"] {
            #expect(ending.text.contains(line), "\(ending.text)")
        }
    }
}
