import Foundation

/// How the memo of an instance is kept: as JSON, which people can read, too.
enum Memo {
    /// Empty for an empty memo.
    static func encode(_ memo: [String: String]) -> String {
        guard !memo.isEmpty else { return "" }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        // Texts always encode.
        return (try? encoder.encode(memo)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    static func decode(_ stored: String) throws -> [String: String] {
        try JSONDecoder().decode([String: String].self, from: Data(stored.utf8))
    }
}
