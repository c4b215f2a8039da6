import AloftMetrics
import CoreMetrics
import MetricsTestKit
import Testing

@Suite struct HandleFamilyTests {
    @Test("Values beyond the limit are one, and a handle is made once for each")
    func bounded() throws {
        let metrics = TestMetrics()
        let family = HandleFamily(limit: 2) { metrics.counter(MetricCatalogue.redisErrors, $0) }
        for value in ["a", "b", "c", "d", "a"] { family[value].increment() }
        #expect(metrics.counters.count == 3)
        #expect(metrics.counterTotal(label: "aloft_redis_errors_total", dimensions: [("error", "a")]) == 2)
        #expect(metrics.counterTotal(label: "aloft_redis_errors_total", dimensions: [("error", "other")]) == 2)
    }

    @Test("A long value is cut")
    func cut() throws {
        let metrics = TestMetrics()
        let family = HandleFamily { metrics.counter(MetricCatalogue.redisErrors, $0) }
        family[String(repeating: "x", count: 10_000)].increment()
        let value = try #require(metrics.counters.first?.dimensions.first?.1)
        #expect(value.utf8.count == 120)
    }

    @Test("Durations are recorded in full, below zero as zero, beyond all bounds as the longest")
    func durations() throws {
        let metrics = TestMetrics()
        let timer = metrics.timer(MetricCatalogue.commitDuration)
        for duration in [Duration.seconds(2), .nanoseconds(3), .milliseconds(-5), .seconds(Int64.max)] {
            timer.record(duration)
        }
        let recorded = try metrics.expectTimer("aloft_commit_duration_seconds").values
        #expect(recorded == [2_000_000_000, 3, 0, .max])
    }
}
