import Foundation

/// One line of output.
struct Report: Codable {
    var scenario: String
    var n: Int
    var elapsedSeconds: Double
    /// The rate that the scenario is about, and what it counts.
    var perSecond: Double?
    var unit: String?
    var p50Milliseconds: Double?
    var p99Milliseconds: Double?
    var redisCPUPerWorkflow: Double?
    var redisCallsPerWorkflow: Double?
    var redisBytesPerInstance: Double?
    var clientCPUPerWorkflow: Double?
    var firstTenthMilliseconds: Double?
    var lastTenthMilliseconds: Double?
    /// Instances that did not finish with the right result; anything but 0 is a failure.
    var missing: Int
    var persistence: String
    var workers: Int

    enum CodingKeys: String, CodingKey {
        case scenario, n, unit, missing, persistence, workers
        case elapsedSeconds = "elapsed_s"
        case perSecond = "per_s"
        case p50Milliseconds = "p50_ms"
        case p99Milliseconds = "p99_ms"
        case redisCPUPerWorkflow = "redis_cpu_us_per_workflow"
        case redisCallsPerWorkflow = "redis_calls_per_workflow"
        case redisBytesPerInstance = "redis_bytes_per_instance"
        case clientCPUPerWorkflow = "client_cpu_us_per_workflow"
        case firstTenthMilliseconds = "first_tenth_ms_per_step"
        case lastTenthMilliseconds = "last_tenth_ms_per_step"
    }

    func line() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return String(decoding: try encoder.encode(rounded()), as: UTF8.self)
    }

    private func rounded() -> Report {
        func round(_ value: inout Double?, _ digits: Double) { value = value.map { ($0 * digits).rounded() / digits } }
        var copy = self
        copy.elapsedSeconds = (elapsedSeconds * 10_000).rounded() / 10_000
        round(&copy.perSecond, 10)
        round(&copy.p50Milliseconds, 1000)
        round(&copy.p99Milliseconds, 1000)
        round(&copy.redisCPUPerWorkflow, 10)
        round(&copy.redisCallsPerWorkflow, 100)
        round(&copy.redisBytesPerInstance, 1)
        round(&copy.clientCPUPerWorkflow, 10)
        round(&copy.firstTenthMilliseconds, 1000)
        round(&copy.lastTenthMilliseconds, 1000)
        return copy
    }
}

/// Durations of many operations.
struct Latencies: Sendable {
    private(set) var milliseconds: [Double] = []

    mutating func add(_ duration: Duration) { milliseconds.append(duration / .milliseconds(1)) }
    mutating func add(_ others: Latencies) { milliseconds.append(contentsOf: others.milliseconds) }

    /// The value that a share of all values does not exceed.
    func percentile(_ share: Double) -> Double? {
        guard !milliseconds.isEmpty else { return nil }
        let sorted = milliseconds.sorted()
        return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
    }
}
