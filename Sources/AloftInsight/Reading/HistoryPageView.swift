/// A part of a history as it is shown.
public struct HistoryPageView: Hashable, Sendable, Codable {
    public var instance: String
    public var execution: String
    public var events: [HistoryLine]
    /// The number behind which it goes on; absent at its end.
    public var next: Int?

    public init(instance: String, execution: String, events: [HistoryLine], next: Int?) {
        self.instance = instance
        self.execution = execution
        self.events = events
        self.next = next
    }
}
