import Aloft

/// One workload.
struct Scenario: Sendable {
    let name: String
    /// How many executions the worker keeps in memory.
    var residents = WorkerOptions().maximumResidents
    let run: @Sendable (Bench) async throws -> Outcome

    /// What a scenario found out by itself.
    struct Outcome: Sendable {
        var instances: Int
        var missing: Int
        /// What the rate counts, and how many there were; `nil`: no rate.
        var unit: String?
        var units = 0
        /// From the first start to the last finish; `nil`: as long as the scenario ran.
        var elapsed: Duration?
        var latencies = Latencies()
        /// Time per step in the first and the last tenth of a long sequence.
        var firstTenth: Duration?
        var lastTenth: Duration?
    }

    static let all: [Scenario] = [
        .burst1, .closed1, .idle, .burst10, .fanout100, .fanout1000, .long2000, .long1000Cold,
        .timers1000, .timersBusy, .timersInOne, .timerIdle, .signals1, .signals100, .restart, .idleCost,
    ]
}
