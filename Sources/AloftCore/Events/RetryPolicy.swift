/// When a failed activity is tried again. The store keeps the time; a history holds only the last outcome.
public struct RetryPolicy: Hashable, Sendable {
    /// How often it is run at most, the first time included; 1 means no retry. Values below 1 count as 1.
    public var maximumAttempts: Int
    /// The wait before the second attempt.
    public var initialInterval: Duration
    /// Each further wait is this many times the one before. Values below 1 count as 1.
    public var backoffCoefficient: Double
    /// No wait is longer.
    public var maximumInterval: Duration
    /// The share of each wait, 0 to 1, that is random: 0.2 waits 80 to 100 %.
    public var jitter: Double
    /// Names of error types that are not worth a retry.
    public var nonRetryableTypes: [String]

    public init(
        maximumAttempts: Int = 3,
        initialInterval: Duration = .seconds(1),
        backoffCoefficient: Double = 2,
        maximumInterval: Duration = .seconds(60),
        jitter: Double = 0,
        nonRetryableTypes: [String] = []
    ) {
        self.maximumAttempts = maximumAttempts
        self.initialInterval = initialInterval
        self.backoffCoefficient = backoffCoefficient
        self.maximumInterval = maximumInterval
        self.jitter = jitter
        self.nonRetryableTypes = nonRetryableTypes
    }

    /// Three attempts, after 1 and 2 seconds.
    public static let `default` = RetryPolicy()

    /// One attempt.
    public static let none = RetryPolicy(maximumAttempts: 1)

    /// The wait after a failed attempt, or `nil` if that was the last one.
    ///
    /// - Parameters:
    ///   - attempt: The attempt that failed, counted from 1.
    ///   - random: A number in 0..<1 for the jitter.
    public func delay(afterAttempt attempt: Int, failure: Failure, random: Double) -> Duration? {
        guard attempt < max(1, maximumAttempts), !failure.isPermanent,
            !nonRetryableTypes.contains(failure.type)
        else { return nil }
        let limit = max(0, maximumInterval / .seconds(1))
        var seconds = max(0, initialInterval / .seconds(1))
        // Doubles saturate to infinity instead of trapping; the limit brings them back.
        for _ in 1..<max(1, min(attempt, 1024)) where seconds < limit { seconds *= max(1, backoffCoefficient) }
        // A wait of zero times an infinite coefficient is not a number; neither is any other nonsense from outside.
        seconds = seconds.isNaN ? 0 : min(seconds, limit)
        if jitter > 0 { seconds *= 1 - min(1, jitter) * min(1, max(0, random)) }
        return .milliseconds(Int64(min(seconds * 1000, 1e15).rounded()))
    }
}
