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
    /// It was ended from outside, without running its code.
    public static let terminated = InstanceStatus(rawValue: "terminated")
    /// Its execution timeout passed.
    public static let timedOut = InstanceStatus(rawValue: "timed out")

    /// Every status there is.
    public static let all: [InstanceStatus] = [.running, .completed, .failed, .cancelled, .terminated, .timedOut]

    public var isFinished: Bool { self != .running }
}
