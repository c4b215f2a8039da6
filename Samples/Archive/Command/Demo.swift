import Aloft
import AloftRedis
import ArchiveKit
import Foundation
import LocalRedis

/// One run of the demo.
struct Demo: Sendable {
    private static let workers = 3

    let place: ArchivePlace
    /// Whether Redis and the workers go on at the end, for whoever wants to look at what ran.
    let isKept: Bool
    private let progress = ProgressLine()

    init(place: ArchivePlace, isKept: Bool = false) {
        self.place = place
        self.isKept = isKept
    }

    func run() async throws {
        let jobs = try place.jobs()
        guard !jobs.isEmpty else {
            Console.note("\(place.source) is empty: there is nothing to archive")
            return
        }
        let redis: LocalRedis
        do {
            redis = try LocalRedis(LocalRedisOptions(persistence: .aofEverysec))
        } catch {
            throw ArchiveProblem(.store, "\(error)")
        }
        defer { redis.stop() }
        let progress = progress
        let fleet = WorkerFleet(url: redis.url) { worker in
            progress.note("the worker \(worker.process.pid) ended unexpectedly: \(worker.process.wait())")
        }
        defer { fleet.stop() }
        let numbers = try await startWorkers(fleet)
        Console.note("archiving \(place.source) into \(place.output)")
        Console.note("a private redis-server and the workers \(numbers) are ready")

        let figures = try await Connection.withStore(redis.url) { store in
            try await archive(jobs, store, fleet)
        }
        let report = try await Verifier(place).run { progress.show("\(Format.count($0, "folder")) compared") }
        progress.end()
        figures.print(takeovers: fleet.takeovers)
        print(VerifyCommand.summary(report))
        try VerifyCommand.conclude(report)
        guard figures.totals.failures.isEmpty else {
            Console.complain("\(Format.count(figures.totals.failures.count, "instance")) failed")
            throw ExitStatus.instanceFailed
        }
        if isKept {
            try await keep(redis)
        } else {
            print("to look at what ran, in a browser or by the command line: make demo KEEP=1")
        }
    }

    /// Until it is interrupted.
    private func keep(_ redis: LocalRedis) async throws {
        print(
            """
            the archive is in \(place.output)
            Redis and the workers go on until Ctrl-C; look at what ran:
                swift run aloft dashboard --redis \(redis.url)   and open http://127.0.0.1:7777/
                swift run aloft list --redis \(redis.url)
            """
        )
        fflush(nil)
        while true { try await Task.sleep(for: .seconds(3600)) }
    }

    private func startWorkers(_ fleet: WorkerFleet) async throws -> String {
        try await withThrowingTaskGroup(of: Int32.self) { group in
            for _ in 0..<Self.workers { group.addTask { try await fleet.start().process.pid } }
            return try await group.reduce(into: []) { $0.append($1) }.sorted().map { "\($0)" }.joined(separator: ", ")
        }
    }

    private func archive(_ jobs: [ArchiveJob], _ store: RedisStore, _ fleet: WorkerFleet) async throws -> DemoFigures {
        let client = WorkflowClient(store: store)
        let report = RunReport(count: jobs.count, progress: progress)
        let (ends, mark) = AsyncStream<Int>.makeStream(bufferingPolicy: .bufferingNewest(1))
        async let replacement: Void = replaceOne(after: jobs.count / 3, ends, fleet)
        let start = ContinuousClock.now
        let archiver = Archiver(client: client)
        mark.yield(0)
        try await Attendance(report: report, store: store, jobs: jobs, progress: progress).watch {
            try await archiver.run(jobs) { event in
                report.take(event)
                mark.yield(report.current.ended.count)
            }
        }
        let duration = ContinuousClock.now - start
        mark.finish()
        try await replacement
        report.show(isImportant: true)
        progress.end()
        return DemoFigures(
            totals: report.current,
            instances: jobs.count,
            activities: try await DemoFigures.countActivities(of: jobs, client),
            duration: duration
        )
    }

    /// Kills a worker when so many instances have ended, and starts another.
    private func replaceOne(after count: Int, _ ends: AsyncStream<Int>, _ fleet: WorkerFleet) async throws {
        for await ended in ends where ended >= count {
            guard let killed = fleet.killOne() else { return }
            progress.note("\(ended) instances have ended: kill -9 for the worker \(killed)")
            let started = try await fleet.start()
            progress.note("the worker \(started.process.pid) takes its place")
            return
        }
    }
}
