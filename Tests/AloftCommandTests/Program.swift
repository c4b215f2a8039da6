import AloftInsight
import Foundation
import Testing

/// What a run of `aloft` came to.
struct ProgramOutcome: Sendable {
    let status: Int32
    let output: String
    let complaints: String

    var lines: [String] { output.split(separator: "\n").map(String.init) }

    /// What stands in the JSON document.
    func data<Body: Decodable>(_ type: Body.Type, kind: String) throws -> Body {
        let document = try InsightJSON.decode(Document<Body>.self, from: output.utf8)
        #expect(document.version == InsightJSON.version && document.kind == kind)
        return document.data
    }

    private struct Document<Body: Decodable>: Decodable {
        let version: Int
        let kind: String
        let data: Body
    }
}

/// Runs `aloft` as a process; it was built beside the tests.
func aloft(_ arguments: String..., environment: [String: String] = [:]) async throws -> ProgramOutcome {
    try await runAloft(arguments, environment: environment)
}

/// - Parameter input: What comes on standard input; `nil`: nothing does.
func runAloft(_ arguments: [String], environment: [String: String] = [:], input: String? = nil) async throws
    -> ProgramOutcome
{
    let process = Process()
    let (output, complaints, source) = (Pipe(), Pipe(), Pipe())
    process.executableURL = try Program.url
    process.arguments = arguments
    process.environment = environment
    process.standardOutput = output
    process.standardError = complaints
    process.standardInput = input == nil ? FileHandle.nullDevice : source
    return try await withCheckedThrowingContinuation { continuation in
        // Reading blocks, and the pool has few threads.
        Thread.detachNewThread {
            do {
                try process.run()
                if let input {
                    try source.fileHandleForWriting.write(contentsOf: Data(input.utf8))
                    try source.fileHandleForWriting.close()
                }
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

enum Program {
    static var url: URL {
        get throws { try #require(folder).appending(path: "aloft") }
    }

    private static var folder: URL? {
        #if os(macOS)
        Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL.deletingLastPathComponent()
        #else
        Bundle.main.executableURL?.deletingLastPathComponent()
        #endif
    }
}
