import Aloft

struct Order: Codable, Sendable {
    var id: InstanceID
    var items: [String]
    /// In cents.
    var total: Int
    var card: String
    /// How long somebody may take to approve it.
    var approvalTime: Duration
}

struct Approval: Codable, Sendable {
    var by: String
}

/// How an order ended well.
struct Receipt: Codable, Sendable, Equatable {
    var approvedBy: String
    var payment: Payment
    var tracking: String
}
