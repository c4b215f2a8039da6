import MetricsTestKit
import Testing

extension TestMetrics {
    /// What a counter has come to.
    func count(_ label: String, _ labels: [String: String] = [:]) -> Int64 {
        counters.filter { $0.label == label && Dictionary($0.dimensions) { $1 } == labels }
            .reduce(0) { $0 + $1.totalValue }
    }

    /// What a timer was told, in nanoseconds.
    func times(_ label: String, _ labels: [String: String] = [:]) -> [Int64] {
        timers.filter { $0.label == label && Dictionary($0.dimensions) { $1 } == labels }.flatMap(\.values)
    }

    /// What a recorder was told.
    func values(_ label: String, _ labels: [String: String] = [:]) -> [Double] {
        recorders.filter { $0.label == label && Dictionary($0.dimensions) { $1 } == labels }.flatMap(\.values)
    }

    /// What a gauge stands at.
    func gauge(_ label: String, _ labels: [String: String] = [:]) -> Double? {
        meters.last { $0.label == label && Dictionary($0.dimensions) { $1 } == labels }?.lastValue
    }
}

/// Waits until a condition holds.
func eventually(_ condition: () async throws -> Bool) async throws {
    let clock = ContinuousClock()
    let limit = clock.now + .seconds(60)
    while try await !condition() {
        guard clock.now < limit else { throw NeverHappened() }
        try await clock.sleep(for: .milliseconds(2))
    }
}

struct NeverHappened: Error {}
