import AloftRedis
import Foundation
import Logging
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// `aloft` as a process that runs until it is stopped.
final class Server: Sendable {
    private let process: Process
    private let lines: AsyncStream<String>
    private let complaints: AsyncStream<String>

    init(_ arguments: [String], environment: [String: String]) throws {
        process = Process()
        let (output, errors) = (Pipe(), Pipe())
        process.executableURL = try Program.url
        process.arguments = arguments
        process.environment = environment
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        lines = Self.lines(of: output.fileHandleForReading)
        complaints = Self.lines(of: errors.fileHandleForReading)
        try process.run()
    }

    /// Where it serves, once it does.
    func address() async throws -> String {
        for await line in lines {
            if let place = line.firstMatch(of: /http:\/\/\S+/) { return String(place.0) }
        }
        throw Gone()
    }

    func complaint() async throws -> String {
        for await line in complaints { return line }
        throw Gone()
    }

    struct Gone: Error {}

    /// Tells it to stop. - Returns: With what it ended.
    func end() async -> Int32 {
        process.terminate()
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread { [process] in
                process.waitUntilExit()
                continuation.resume(returning: process.terminationStatus)
            }
        }
    }

    func stop() { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    private static func lines(of handle: FileHandle) -> AsyncStream<String> {
        let (stream, continuation) = AsyncStream.makeStream(of: String.self)
        // Reading blocks, and the pool has few threads.
        Thread.detachNewThread {
            var rest = Data()
            while case let data = handle.availableData, !data.isEmpty {
                rest += data
                while let end = rest.firstIndex(of: 0x0a) {
                    continuation.yield(String(decoding: rest[..<end], as: UTF8.self))
                    rest = Data(rest[(end + 1)...])
                }
            }
            continuation.finish()
        }
        return stream
    }
}

func get(_ address: String, token: String? = nil) async throws -> (status: Int, text: String) {
    var request = URLRequest(url: try #require(URL(string: address)))
    if let token { request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization") }
    let (data, response) = try await URLSession.shared.data(for: request)
    return ((response as? HTTPURLResponse)?.statusCode ?? 0, String(decoding: data, as: UTF8.self))
}

extension Logger {
    static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

extension RedisStore {
    static func quiet(_ url: String) async throws -> RedisStore {
        try await RedisStore(.init(url: url), logger: .quiet)
    }
}
