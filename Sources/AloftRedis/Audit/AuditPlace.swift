import AloftCore

/// Where an audit of a namespace is: which part of which partition, and how far in it.
struct AuditPlace: Equatable {
    /// The parts of a partition as `audit.lua` knows them, in their order: keys come first, since they tell of streams and
    /// workers that the lists, which the later ones go by, have lost.
    static let parts = ["keys", "listed", "expiring", "due", "streams", "outbox"]

    var partition = 0
    var part = 0
    /// Redis's, or what `audit.lua` tells; empty at the beginning of a part.
    var cursor = ""

    init() {}

    /// - Returns: `nil` if the cursor is not one of ours.
    init?(_ cursor: AuditCursor) {
        // By bytes: a name may begin with a mark that would join the character before it.
        let words = cursor.place.utf8.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count == 3, let partition = Int(String(words[0]) ?? ""), let part = Int(String(words[1]) ?? ""),
            Self.parts.indices.contains(part), partition >= 0
        else { return nil }
        self.partition = partition
        self.part = part
        self.cursor = String(decoding: words[2], as: UTF8.self)
    }

    /// The place after a step, which ended at a cursor; `nil` at the end.
    func next(at cursor: String, partitions: Int) -> AuditCursor? {
        var next = self
        next.cursor = cursor
        if cursor.isEmpty { next.part += 1 }
        if next.part == Self.parts.count {
            next.part = 0
            next.partition += 1
        }
        return next.partition < partitions ? AuditCursor(place: "\(next.partition) \(next.part) \(next.cursor)") : nil
    }
}
