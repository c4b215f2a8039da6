public import Aloft

public struct Order: Codable, Sendable {
    public var id: InstanceID
    public var items: [String]
    /// In cents.
    public var total: Int
    public var card: String
    /// How long somebody may take to approve it.
    public var approvalTime: Duration

    public init(
        id: InstanceID,
        items: [String],
        total: Int,
        card: String,
        approvalTime: Duration = .seconds(24 * 3600)
    ) {
        self.id = id
        self.items = items
        self.total = total
        self.card = card
        self.approvalTime = approvalTime
    }
}

public struct Approval: Codable, Sendable {
    public var by: String

    public init(by: String) { self.by = by }
}

/// How an order ended well.
public struct Receipt: Codable, Sendable, Equatable {
    public var payment: String
    public var parcel: String
    public var approvedBy: String?
}
