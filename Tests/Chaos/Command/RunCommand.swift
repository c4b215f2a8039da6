import AloftRedis
import ArgumentParser
import ChaosKit
import Foundation
import Logging

/// Runs one seed, or one after the other.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Runs seeds and prints a line for each."
    )

    @Option(help: "How long there are load and faults, in seconds.")
    var seconds = 60

    @Option(help: "What the load and the faults follow from. Odd ones run on four partitions, even ones on one.")
    var seed: UInt64 = 1

    @Option(help: "Several seeds, such as 1-20.")
    var seeds: String?

    @Option(help: "Worker processes.")
    var workers = 4

    @Option(help: "Client processes.")
    var clients = 2

    @Option(help: "How many instances each client has under way at a time.")
    var lanes = 24

    mutating func validate() throws {
        guard (1...3_600).contains(seconds) else { throw ValidationError("seconds is \(seconds), not 1 to 3600") }
        guard workers > 0, clients > 0, lanes > 0 else {
            throw ValidationError("workers, clients and lanes are at least 1")
        }
        _ = try allSeeds()
    }

    func run() async throws {
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = .error
            return handler
        }
        var isGood = true
        for seed in try allSeeds() {
            let size = ChaosRun.Size(seconds: seconds, workers: workers, clients: clients, lanes: lanes)
            let (report, isSeedGood) = try await ChaosRun.run(seed: seed, size)
            Console.say(report.line)
            isGood = isGood && isSeedGood
        }
        if !isGood { throw ExitCode.failure }
    }

    private func allSeeds() throws -> ClosedRange<UInt64> {
        guard let seeds else { return seed...seed }
        let ends = seeds.split(separator: "-").map { UInt64($0) }
        guard let first = ends.first, let first, let last = ends.last, let last, ends.count <= 2, first <= last else {
            throw ValidationError("seeds is \"\(seeds)\", not a number or two like 1-20")
        }
        return first...last
    }
}
