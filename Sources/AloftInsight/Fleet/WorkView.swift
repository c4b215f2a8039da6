public import AloftCore

/// Something that a worker has in hand, as it is shown.
public struct WorkView: Hashable, Sendable, Codable {
    public var instance: String
    /// The activity that it took from a queue; absent: the instance itself.
    public var command: Int?

    public init(_ work: HeldWork) {
        instance = work.instance.rawValue
        command = work.command?.number
    }
}
