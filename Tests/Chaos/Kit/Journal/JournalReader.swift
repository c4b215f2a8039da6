import Foundation

/// Reads a journal that may still grow.
package struct JournalReader: Sendable {
    private let path: String
    private var place: UInt64 = 0
    private var rest = Data()

    package init(path: String) { self.path = path }

    /// What has been written since the last call; nothing while there is no such file.
    ///
    /// - Throws: An error if a whole line cannot be read: nobody writes such a one.
    package mutating func next() throws -> [JournalEntry] {
        guard let file = FileHandle(forReadingAtPath: path) else { return [] }
        defer { try? file.close() }
        try file.seek(toOffset: place)
        let data = try file.readToEnd() ?? Data()
        place += UInt64(data.count)
        rest.append(data)
        guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
        let lines = rest[..<end].split(separator: UInt8(ascii: "\n"))
        rest = Data(rest[rest.index(after: end)...])
        let decoder = JSONDecoder()
        return try lines.map { try decoder.decode(JournalEntry.self, from: Data($0)) }
    }
}
