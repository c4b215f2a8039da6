import Foundation

/// This program again, as a worker.
final class WorkerProcess {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    init(url: String, residents: Int) throws {
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
        process.arguments = ["serve", "--url", url, "--residents", "\(residents)"]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    /// Blocks until the worker says that it takes tasks.
    func waitUntilReady() throws {
        let line = output.fileHandleForReading.availableData
        guard String(decoding: line, as: UTF8.self).hasPrefix("ready") else { throw WorkerDidNotStart() }
    }

    func stop() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}

struct WorkerDidNotStart: Error, CustomStringConvertible {
    var description: String { "a worker process ended before it took tasks; see its messages above" }
}
