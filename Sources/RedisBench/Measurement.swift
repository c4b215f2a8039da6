import RedisClient

/// One run of a scenario.
struct Measurement {
    private let scenario: Scenario
    private let callers: Int
    private let elapsed: Duration
    private let latencies: [Int64]

    init(_ scenario: Scenario, callers: Int, seconds: Double, client: RedisClient) async throws {
        let clock = ContinuousClock()
        let start = clock.now
        let end = start + .seconds(seconds)
        let latencies = try await withThrowingTaskGroup(of: [Int64].self) { group in
            for caller in 0..<callers {
                group.addTask {
                    var latencies: [Int64] = []
                    latencies.reserveCapacity(1 << 16)
                    var last = clock.now
                    while last < end {
                        try await scenario.operation(client, caller)
                        let now = clock.now
                        latencies.append((now - last).nanoseconds)
                        last = now
                    }
                    return latencies
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        self.scenario = scenario
        self.callers = callers
        self.elapsed = clock.now - start
        self.latencies = latencies.sorted()
    }

    var json: String {
        let seconds = Double(elapsed.nanoseconds) / 1e9
        let fields = [
            "\"scenario\":\"\(scenario.name)\"",
            "\"callers\":\(callers)",
            "\"n\":\(latencies.count)",
            "\"elapsed_s\":\(rounded(seconds, 3))",
            "\"per_s\":\(Int(Double(latencies.count) / seconds))",
            "\"p50_us\":\(percentile(0.5))",
            "\"p99_us\":\(percentile(0.99))",
        ]
        return "{\(fields.joined(separator: ","))}"
    }

    private func percentile(_ share: Double) -> Double {
        guard !latencies.isEmpty else { return 0 }
        let index = min(latencies.count - 1, Int(Double(latencies.count) * share))
        return rounded(Double(latencies[index]) / 1e3, 1)
    }

    private func rounded(_ value: Double, _ digits: Int) -> Double {
        var factor = 1.0
        for _ in 0..<digits { factor *= 10 }
        return (value * factor).rounded() / factor
    }
}

extension Duration {
    fileprivate var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}
