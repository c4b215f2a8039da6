// One thing: several activities at once, with nothing but Swift's own structured concurrency.
import Aloft
import SampleKit

struct Weather: Codable, Sendable, Equatable {
    var city: String
    var degrees: Int
}

struct Measure: Activity {
    func run(_ context: ActivityContext, _ city: String) async throws -> Weather {
        print("measuring \(city)")
        try await Task.sleep(for: .milliseconds(300))
        return Weather(city: city, degrees: city.count)
    }
}

struct Comparison: Workflow {
    func run(_ context: WorkflowContext, _ cities: [String]) async throws -> Weather? {
        // Two children: both run until both are awaited …
        async let here = context.activity(Measure.self, "Oslo")
        async let there = context.activity(Measure.self, "Lima")

        // … and as many as there are.
        let all = try await withThrowingTaskGroup(of: Weather.self) { group in
            for city in cities { group.addTask { try await context.activity(Measure.self, city) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        return try await (all + [here, there]).max { $0.degrees < $1.degrees }
    }
}

@main struct Concurrency {
    static func main() async throws {
        try await withAloft {
            Comparison.self
            Measure()
        } body: { client in
            let cities = ["Nairobi", "Ouagadougou", "Quito", "Tokyo"]
            let clock = ContinuousClock()
            let start = clock.now
            let warmest = try await client.start(Comparison.self, cities, queue: "samples").result()
            print("6 measurements of 300 ms took \(clock.now - start)")
            if let warmest { print("\(warmest.city) has \(warmest.degrees) degrees") }
        }
    }
}
