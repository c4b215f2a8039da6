public import Foundation

/// A moment in milliseconds since 1970, by the clock of the store.
///
/// Histories hold these and not `Date`: a whole number survives every encoding unchanged.
public struct Timestamp: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    public let milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// The nearest moment; dates beyond the representable range are clamped to it.
    public init(_ date: Date) {
        let value = (date.timeIntervalSince1970 * 1000).rounded()
        self.milliseconds = Int64(exactly: value) ?? (value < 0 ? .min : .max)
    }

    public var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }

    public var description: String { "\(milliseconds) ms" }

    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

    /// Rounds the duration up to whole milliseconds, so that nothing is ever due early; saturates.
    public static func + (moment: Timestamp, duration: Duration) -> Timestamp {
        let (sum, overflow) = moment.milliseconds.addingReportingOverflow(duration.wholeMilliseconds)
        return Timestamp(milliseconds: overflow ? (duration < .zero ? .min : .max) : sum)
    }

    public static func - (left: Timestamp, right: Timestamp) -> Duration {
        let (difference, overflow) = left.milliseconds.subtractingReportingOverflow(right.milliseconds)
        return .milliseconds(overflow ? (left < right ? .min : .max) : difference)
    }
}

extension Duration {
    /// The duration in milliseconds, rounded up; saturates.
    package var wholeMilliseconds: Int64 {
        // Reading the components of a longer one may trap: durations have more bits than its seconds.
        guard self < .milliseconds(Int64.max) else { return .max }
        guard self > .milliseconds(Int64.min) else { return .min }
        let (seconds, attoseconds) = components
        let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let part = attoseconds / 1_000_000_000_000_000
        let rest = attoseconds % 1_000_000_000_000_000
        let (sum, carried) = milliseconds.addingReportingOverflow(part + (rest > 0 ? 1 : 0))
        return carried ? (seconds < 0 ? .min : .max) : sum
    }

    /// As long a wait as clocks take: the runtime traps for moments beyond its range. A hundred years are for ever, too.
    package var boundedForSleep: Duration { min(max(self, .zero), .seconds(Int64(100 * 365 * 86_400))) }
}
