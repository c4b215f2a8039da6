/// The version of a Redis server, as `INFO` tells it.
package struct RedisVersion: Hashable, Comparable, CustomStringConvertible {
    /// Scripts that may run when memory is full, and reads of deleted streams that end, came with it.
    package static let minimum = RedisVersion(major: 7, minor: 0)

    package var major: Int
    package var minor: Int

    package init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Reads "7.0.15", also "8.2-rc1"; `nil` if it does not begin with a number.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", maxSplits: 2)
        guard let first = parts.first, let major = Int(first) else { return nil }
        self.major = major
        self.minor = parts.count > 1 ? Int(parts[1].prefix { $0.isNumber }) ?? 0 : 0
    }

    package var description: String { "\(major).\(minor)" }

    package static func < (left: RedisVersion, right: RedisVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}
