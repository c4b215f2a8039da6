internal import Aloft
internal import AloftInsight
internal import AloftRedis
internal import ArgumentParser
internal import Logging

/// `aloft bench`
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures how many small workflows a second this Redis takes, with a worker in this process.",
        discussion: """
            Works under a prefix of its own, which it removes at the end: a fleet on the same Redis is not touched, but shares \
            its time. Each instance runs its activities one after the other and returns.
            """
    )

    @Option(help: "How many instances.")
    var instances = 2_000

    @Option(help: "How many of them are under way at a time.")
    var concurrency = 200

    @Option(help: "How many activities each runs.")
    var activities = 1

    @OptionGroup var output: OutputOptions
    @OptionGroup(title: "Where") var store: StoreOptions

    func validate() throws {
        guard (1...10_000_000).contains(instances), (1...100_000).contains(concurrency),
            (0...1_000).contains(activities)
        else {
            throw ValidationError("--instances and --concurrency have to be above zero, --activities from 0 to 1,000")
        }
    }

    func run() async throws {
        try await reporting {
            let settings = try await store.settings()
            var configuration = try settings.store()
            configuration.prefix = "aloft-bench-\(ExecutionID.random().rawValue.prefix(8).lowercased())"
            configuration.retention = .seconds(60)
            let load = BenchLoad(instances: instances, concurrency: concurrency, activities: activities)
            let report = try await load.run(configuration, .console)
            if output.json { return try Console.say("bench", json: report) }
            Console.say(report.lines)
        }
    }
}
