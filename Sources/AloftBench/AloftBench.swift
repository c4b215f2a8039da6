import Aloft
import AloftRedis
import ArgumentParser
import Foundation
import LocalRedis
import Logging

/// Runs the scenarios against a private redis-server and prints one JSON object per line.
@main
struct AloftBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aloft-bench",
        abstract: "Measures Aloft against a private redis-server; prints one JSON object per line.",
        subcommands: [Run.self, ServeBench.self],
        defaultSubcommand: Run.self
    )
}

struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Runs one scenario, or all.")

    @Option(help: "The scenario; all of them if none is named.")
    var scenario: String?

    @Option(name: .customLong("repeat"), help: "How often each scenario is run.")
    var repetitions = 1

    @Option(help: "What Redis writes to disk: none or aof-everysec.")
    var persistence = "aof-everysec"

    @Option(help: "Worker processes; 0 runs one worker in the process of the clients.")
    var workers = 0

    mutating func validate() throws {
        guard ["none", "aof-everysec"].contains(persistence) else {
            throw ValidationError("persistence is \"\(persistence)\"; it must be none or aof-everysec")
        }
        guard repetitions > 0, workers >= 0 else { throw ValidationError("repeat and workers must not be negative") }
        guard scenario == nil || Scenario.all.contains(where: { $0.name == scenario }) else {
            let names = Scenario.all.map(\.name).joined(separator: " ")
            throw ValidationError("there is no scenario \"\(scenario ?? "")\"; there are: \(names)")
        }
    }

    func run() async throws {
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = .error
            return handler
        }
        var isComplete = true
        for item in Scenario.all where scenario == nil || scenario == item.name {
            for _ in 0..<repetitions {
                // A fresh server each time: nothing of one run weighs on the next.
                let report = try await withBench(item, persistence: persistence, workers: workers) { bench in
                    try await bench.measure(item)
                }
                print(try report.line())
                isComplete = isComplete && report.missing == 0
            }
        }
        if !isComplete { throw ExitCode.failure }
    }
}

/// A worker process of a benchmark; ends with its standard input.
struct ServeBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "serve", shouldDisplay: false)

    @Option var url: String
    @Option var residents: Int

    func run() async throws {
        let store = try await RedisStore(.init(url: url))
        let worker = Bench.makeWorker(store: store, residents: residents)
        // The parent holds the other end: when it is gone, by whichever way, so are we.
        Thread.detachNewThread {
            while readLine() != nil {}
            Foundation.exit(0)
        }
        async let serving: Void = worker.run()
        try await worker.waitUntilReady()
        FileHandle.standardOutput.write(Data("ready\n".utf8))
        try await serving
    }
}
