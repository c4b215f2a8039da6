import Foundation
import Testing

/// A real program under its supervisor.
@Suite struct SupervisorTests {
    private static let program: URL = {
        let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }
        let folder = bundle?.bundleURL.deletingLastPathComponent() ?? Bundle.main.bundleURL
        return folder.appendingPathComponent("supervised-child")
    }()

    private struct Run {
        let process = Process()
        let lives: URL
        private let output = Pipe()

        init(crashes: Int) throws {
            lives = FileManager.default.temporaryDirectory.appendingPathComponent("lives-\(UUID())")
            process.executableURL = SupervisorTests.program
            process.arguments = ["--supervise", lives.path, "\(crashes)"]
            process.standardOutput = output
            process.standardError = output
            try process.run()
        }

        var count: String? { try? String(contentsOf: lives, encoding: .utf8) }

        /// All that it said, when it has ended.
        func end() throws -> String {
            let data = try output.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            return String(decoding: data, as: UTF8.self)
        }

        func remove() { try? FileManager.default.removeItem(at: lives) }
    }

    @Test("A program that crashes is started again, its crash is told, and its last code is the supervisor's")
    func restart() throws {
        let run = try Run(crashes: 2)
        defer { run.remove() }
        let said = try run.end()
        #expect(run.process.terminationStatus == 7)
        #expect(run.count == "3")
        #expect(said.contains("the program crashed"))
        #expect(said.contains("static SupervisedChild.main()"), "the backtrace: \(said)")
    }

    @Test("A program that crashes at each start is given up, with a reason")
    func givingUp() throws {
        let run = try Run(crashes: 100)
        defer { run.remove() }
        let said = try run.end()
        #expect(run.process.terminationStatus == 70)
        #expect(run.count == "4")
        #expect(said.contains("the program crashed 4 times in a row"))
    }

    @Test("A signal to stop is passed on, and nothing is started again")
    func stopping() async throws {
        let run = try Run(crashes: -1)
        defer { run.remove() }
        let limit = ContinuousClock.now + .seconds(60)
        while run.count != "1", .now < limit { try await Task.sleep(for: .milliseconds(10)) }
        run.process.terminate()
        _ = try run.end()
        #expect(run.process.terminationStatus == 3)
    }
}
