public import AloftCore

/// A place in a list of instances as a text that fits into addresses and command lines.
public enum PageCursor {
    public static func text(_ cursor: InstanceCursor) -> String {
        "\(cursor.createdAt.milliseconds).\(cursor.instance.rawValue)"
    }

    /// `nil` for what is no cursor.
    public static func cursor(_ text: String) -> InstanceCursor? {
        // By bytes: an id may begin with a mark that would join the character before it.
        let parts = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let milliseconds = Int64(String(decoding: parts[0], as: UTF8.self)) else { return nil }
        let id = InstanceID(String(decoding: parts[1], as: UTF8.self))
        guard (try? id.validated()) != nil else { return nil }
        return InstanceCursor(createdAt: Timestamp(milliseconds: milliseconds), instance: id)
    }
}
