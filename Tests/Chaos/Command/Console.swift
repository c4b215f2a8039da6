import Foundation

/// Results go to standard output, all else to standard error.
enum Console {
    /// At once: who reads along is not to wait for the next seed.
    static func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

    static func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

    /// The first of many lines.
    static func complain(_ lines: [String], limit: Int = 40) {
        for line in lines.prefix(limit) { note("  " + line) }
        if lines.count > limit { note("  … and \(lines.count - limit) more") }
    }
}

/// Runs what blocks on a thread that nobody else waits for.
func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: Result { try body() }) }
    }
}
