// One thing: several activities at once, with nothing but Swift's own structured concurrency.
import Aloft
import SampleKit

struct Weather: Codable, Sendable {
    var city: String
    var degrees: Int
}

struct Measure: Activity {
    func run(_ context: ActivityContext, _ city: String) async throws -> Weather {
        try await Task.sleep(for: .milliseconds(50))
        return Weather(city: city, degrees: city.count)
    }
}

struct WarmestCity: Workflow {
    func run(_ context: WorkflowContext, _ cities: [String]) async throws -> Weather? {
        // A pair of children …
        async let first = context.activity(Measure.self, "Aalborg")
        async let second = context.activity(Measure.self, "Basel")
        var all = [try await first, try await second]
        // … and as many as there are.
        try await withThrowingTaskGroup(of: Weather.self) { group in
            for city in cities { group.addTask { try await context.activity(Measure.self, city) } }
            for try await weather in group { all.append(weather) }
        }
        return all.max { $0.degrees < $1.degrees }
    }
}

@main struct Concurrency {
    static func main() async throws {
        try await withAloft {
            WarmestCity.self
            Measure()
        } body: { client in
            let cities = ["Lima", "Nairobi", "Ouagadougou", "Oslo"]
            let handle = try await client.start(WarmestCity.self, cities, queue: "samples")
            guard let warmest = try await handle.result() else { return }
            print("\(warmest.city) has \(warmest.degrees) degrees")
        }
    }
}
