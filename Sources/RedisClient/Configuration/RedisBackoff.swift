/// How long to wait between two attempts to connect.
public struct RedisBackoff: Sendable, Hashable {
    /// The wait after the first failure. Doubles with each further one.
    public var initial: Duration

    /// The longest wait.
    public var maximum: Duration

    /// The share of each wait that is random, from 0 (none) to 1 (anything between nothing and the full wait). Keeps
    /// many processes from coming back in the same instant.
    public var jitter: Double

    public init(
        initial: Duration = .milliseconds(20),
        maximum: Duration = .seconds(2),
        jitter: Double = 0.5
    ) {
        self.initial = initial
        self.maximum = maximum
        self.jitter = jitter
    }

    /// The wait after `failures` failures in a row.
    ///
    /// - Parameter random: a number from 0 up to 1 that places the wait inside its jitter.
    package func delay(afterFailures failures: Int, random: Double) -> Duration {
        var delay = max(initial, .zero)
        var left = failures - 1
        while left > 0, delay > .zero, delay <= maximum {
            delay += delay
            left -= 1
        }
        let share = min(max(jitter, 0), 1)
        return min(delay, max(maximum, .zero)) * (1 - share * min(max(random, 0), 1))
    }
}
