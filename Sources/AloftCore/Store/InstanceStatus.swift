/// Where an instance is in its life.
public struct InstanceStatus: Hashable, Sendable, RawRepresentable, Codable, CustomStringConvertible {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public var description: String { rawValue }

    /// Started and not finished.
    public static let running = InstanceStatus(rawValue: "running")
    /// Its code returned.
    public static let completed = InstanceStatus(rawValue: "completed")
    /// Its code threw.
    public static let failed = InstanceStatus(rawValue: "failed")
    /// It was asked to cancel, and ended by that.
    public static let cancelled = InstanceStatus(rawValue: "cancelled")

    public var isFinished: Bool { self != .running }
}
