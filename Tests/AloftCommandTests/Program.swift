import Foundation
import Testing

/// What a run of `aloft` came to.
struct ProgramOutcome: Sendable {
    let status: Int32
    let output: String
    let complaints: String

    var lines: [String] { output.split(separator: "\n").map(String.init) }
}

/// Runs `aloft` as a process; it was built beside the tests.
func aloft(_ arguments: String..., environment: [String: String] = [:]) async throws -> ProgramOutcome {
    let process = Process()
    let (output, complaints) = (Pipe(), Pipe())
    process.executableURL = try #require(Program.folder).appending(path: "aloft")
    process.arguments = arguments
    process.environment = environment
    process.standardOutput = output
    process.standardError = complaints
    process.standardInput = FileHandle.nullDevice
    return try await withCheckedThrowingContinuation { continuation in
        // Reading blocks, and the pool has few threads.
        Thread.detachNewThread {
            do {
                try process.run()
                // What it complains of is short and fits into a pipe.
                let said = output.fileHandleForReading.readDataToEndOfFile()
                let complained = complaints.fileHandleForReading.readDataToEndOfFile()
                process.waitUntilExit()
                continuation.resume(
                    returning: ProgramOutcome(
                        status: process.terminationStatus,
                        output: String(decoding: said, as: UTF8.self),
                        complaints: String(decoding: complained, as: UTF8.self)
                    )
                )
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }
}

private enum Program {
    static var folder: URL? {
        #if os(macOS)
        Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL.deletingLastPathComponent()
        #else
        Bundle.main.executableURL?.deletingLastPathComponent()
        #endif
    }
}
