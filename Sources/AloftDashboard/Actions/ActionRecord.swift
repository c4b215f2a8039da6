import AloftCore

/// Something that was done through the dashboard, or was to be.
struct ActionRecord: Hashable, Sendable {
    var moment: Timestamp
    /// The name of the token, or "local".
    var who: String
    /// The address that it came from.
    var from: String
    /// "cancel", "terminate", …
    var action: String
    /// Which instance, or which of them.
    var subject: String
    /// Whether that is an id.
    var isAboutOne: Bool
    /// "done", or why not.
    var outcome: String
    var isFailure: Bool
}
