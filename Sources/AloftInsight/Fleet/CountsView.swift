public import AloftCore

/// How many instances there are of each status.
public struct CountsView: Hashable, Sendable, Codable {
    public struct Count: Hashable, Sendable, Codable {
        public var status: String
        public var count: Int
    }

    /// Every status, in their order.
    public var statuses: [Count]
    public var total: Int

    public init(_ counts: [InstanceStatus: Int]) {
        statuses = InstanceStatus.all.map { Count(status: $0.rawValue, count: counts[$0] ?? 0) }
        total = counts.values.reduce(0, +)
    }

    public subscript(status: InstanceStatus) -> Int {
        statuses.first { $0.status == status.rawValue }?.count ?? 0
    }
}
