import Foundation
import Testing

/// A real program under its supervisor.
@Suite(.timeLimit(.minutes(2))) struct SupervisorTests {
    private static let program: URL = {
        let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }
        let folder = bundle?.bundleURL.deletingLastPathComponent() ?? Bundle.main.bundleURL
        return folder.appendingPathComponent("supervised-child")
    }()

    private struct Run {
        let process = Process()
        /// Where the supervisor has its temporary files, and nobody else.
        let folder: URL
        private let output = Pipe()

        /// - Parameter mode: As the program tells.
        init(_ mode: String) throws {
            folder = FileManager.default.temporaryDirectory.appendingPathComponent("run-\(UUID())")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            process.executableURL = SupervisorTests.program
            process.arguments = ["--supervise", "\(folder.path).lives", mode]
            process.environment = ProcessInfo.processInfo.environment.merging(["TMPDIR": folder.path]) { $1 }
            process.standardOutput = output
            process.standardError = output
            try process.run()
        }

        var lives: String? { try? String(contentsOfFile: "\(folder.path).lives", encoding: .utf8) }

        var hasHeardSIGTERM: Bool { FileManager.default.fileExists(atPath: "\(folder.path).lives.term") }

        /// All that it said, when it has ended and its child as well, which has the same output.
        func end() throws -> String {
            let data = try output.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            return String(decoding: data, as: UTF8.self)
        }

        /// What is left in the folder of temporary files.
        var leftovers: [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? ["?"] }

        func remove() {
            for path in [folder.path, "\(folder.path).lives", "\(folder.path).lives.term"] {
                try? FileManager.default.removeItem(atPath: path)
            }
        }
    }

    private func eventually(_ condition: () -> Bool) async throws {
        while !condition() { try await Task.sleep(for: .milliseconds(5)) }
    }

    @Test("A program that crashes is started again, its crash is told, and its last code is the supervisor's")
    func restart() throws {
        let run = try Run("2")
        defer { run.remove() }
        let said = try run.end()
        #expect(run.process.terminationStatus == 7)
        #expect(run.lives == "3")
        #expect(said.contains("the program crashed"))
        #expect(said.contains("static SupervisedChild.crash"), "the backtrace: \(said)")
        // What it starts itself would take itself for supervised.
        #expect(said.contains("supervisor in the environment: none"))
        #expect(run.leftovers.isEmpty)
    }

    @Test("A program that crashes at each start is given up, with a reason")
    func givingUp() throws {
        let run = try Run("100")
        defer { run.remove() }
        let said = try run.end()
        #expect(run.process.terminationStatus == 70)
        #expect(run.lives == "4")
        #expect(said.contains("the program crashed 4 times in a row"))
        #expect(run.leftovers.isEmpty)
    }

    @Test(
        "Either signal to stop reaches the program as SIGTERM, and nothing is started again",
        arguments: [SIGTERM, SIGINT]
    )
    func stopping(_ signal: Int32) async throws {
        let run = try Run("stop")
        defer { run.remove() }
        try await eventually { run.lives == "1" }
        kill(run.process.processIdentifier, signal)
        _ = try run.end()
        #expect(run.process.terminationStatus == 3)
    }

    @Test("A second one reaches it as SIGINT")
    func hurry() async throws {
        let run = try Run("hurry")
        defer { run.remove() }
        try await eventually { run.lives == "1" }
        run.process.terminate()
        try await eventually { run.hasHeardSIGTERM }
        run.process.terminate()
        _ = try run.end()
        #expect(run.process.terminationStatus == 4)
    }

    @Test("A third one ends it")
    func impatience() async throws {
        let run = try Run("deaf")
        defer { run.remove() }
        try await eventually { run.lives == "1" }
        while run.process.isRunning {
            run.process.terminate()
            try await Task.sleep(for: .milliseconds(20))
        }
        _ = try run.end()
        #expect(run.process.terminationStatus == 128 + SIGKILL)
    }

    @Test("A program whose supervisor was killed ends, whether it heeds SIGTERM or not", arguments: ["stop", "deaf"])
    func orphan(_ mode: String) async throws {
        let run = try Run(mode)
        defer { run.remove() }
        try await eventually { run.lives == "1" }
        kill(run.process.processIdentifier, SIGKILL)
        // Comes when both are gone.
        _ = try run.end()
        #expect(run.leftovers.isEmpty)
    }
}
