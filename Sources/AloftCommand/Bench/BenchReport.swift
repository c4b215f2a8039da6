internal import AloftInsight

/// What a load came to; what `aloft bench --json` prints.
struct BenchReport: Codable {
    var instances: Int
    var concurrency: Int
    var activitiesPerInstance: Int
    var elapsedMilliseconds: Int64
    var instancesPerSecond: Double
    /// Half of them took no longer than this from start to result, 99 of a hundred no longer than that.
    var p50Milliseconds: Double
    var p99Milliseconds: Double

    /// - Parameter latencies: The shortest first.
    init(_ load: BenchLoad, elapsed: Duration, latencies: [Duration]) {
        instances = load.instances
        concurrency = min(load.concurrency, load.instances)
        activitiesPerInstance = load.activities
        elapsedMilliseconds = Int64(elapsed / .milliseconds(1))
        instancesPerSecond = Double(load.instances) / max(elapsed / .seconds(1), 0.000_001)
        func percentile(_ part: Double) -> Double {
            guard !latencies.isEmpty else { return 0 }
            return latencies[min(latencies.count - 1, Int(Double(latencies.count) * part))] / .milliseconds(1)
        }
        p50Milliseconds = percentile(0.5)
        p99Milliseconds = percentile(0.99)
    }

    var lines: [Styled] {
        let rate = Quantity.count(Int(instancesPerSecond.rounded()))
        let steps = Quantity.count(activitiesPerInstance, "activity", "activities")
        func milliseconds(_ value: Double) -> String { Quantity.duration(.milliseconds(Int64(value.rounded()))) }
        return [
            "\(Quantity.count(instances, "instance")) with \(steps) each, \(Quantity.count(concurrency)) at a time, one worker in this process",
            Styled("\(rate) instances a second", .bold)
                + "; from start to result \(milliseconds(p50Milliseconds)) (median), \(milliseconds(p99Milliseconds)) (99 of 100)",
        ]
    }
}
