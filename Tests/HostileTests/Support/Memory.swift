import Foundation

/// What this process has in memory.
enum Memory {
    /// In bytes; 0 where the system does not tell.
    static func resident() throws -> Int {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * 4_096
    }
}
