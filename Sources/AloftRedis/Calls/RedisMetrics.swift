internal import AloftMetrics
internal import CoreMetrics
internal import RedisClient

/// What the connections and calls of a store add up to.
final class RedisMetrics: RedisObserver {
    /// From sending a call of a script until its answer, with what its durability takes.
    let callDuration: Timer
    private let roundTrips: Counter
    private let errors: HandleFamily<Counter>
    private let reconnects: Counter

    /// - Returns: `nil` if nobody wants to know.
    init?(_ factory: any MetricsFactory) {
        guard !factory.isOff else { return nil }
        callDuration = factory.timer(MetricCatalogue.redisCallDuration)
        roundTrips = factory.counter(MetricCatalogue.redisRoundTrips)
        errors = HandleFamily { factory.counter(MetricCatalogue.redisErrors, $0) }
        reconnects = factory.counter(MetricCatalogue.redisReconnects)
    }

    func requestAnswered() { roundTrips.increment() }

    func requestFailed(_ error: RedisError) {
        // Who gives up or shuts down has no error of Redis'.
        guard error.code != .cancelled, error.code != .shutdown else { return }
        errors[error.serverCode ?? error.code.description].increment()
    }

    func connected(isAgain: Bool) {
        if isAgain { reconnects.increment() }
    }
}
