import AloftClient
import AloftRedis
import Foundation
import LocalRedis
import Logging
import RedisClient
import Testing

/// `aloft doctor`, as a process.
@Suite struct DoctorTests {
    struct Outcome {
        let status: Int32
        let output: String
        let complaints: String
    }

    /// Runs the command that was built beside these tests.
    static func aloft(_ arguments: String...) async throws -> Outcome {
        let process = Process()
        let (output, complaints) = (Pipe(), Pipe())
        process.executableURL = Bundle.main.executableURL?.deletingLastPathComponent().appending(path: "aloft")
        if process.executableURL.map({ !FileManager.default.isExecutableFile(atPath: $0.path) }) ?? true {
            process.executableURL = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appending(path: ".build/debug/aloft")
        }
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = complaints
        return try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                do {
                    try process.run()
                    let said = output.fileHandleForReading.readDataToEndOfFile()
                    let complained = complaints.fileHandleForReading.readDataToEndOfFile()
                    process.waitUntilExit()
                    continuation.resume(
                        returning: Outcome(
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
}
