import Aloft
import ChaosKit
import Foundation
import LocalRedis
import RedisClient

/// One seed from its beginning to its verdict.
enum ChaosRun {
    struct Size: Sendable {
        var seconds: Int
        var workers: Int
        var clients: Int
        var lanes: Int
    }

    /// After the faults, how long until all is finished at most.
    private static let patience = Duration.seconds(60)

    static func run(seed: UInt64, _ size: Size) async throws -> (report: ChaosReport, isGood: Bool) {
        let scene = try await Scene(seed: seed, size)
        Console.note("seed \(seed): \(size.seconds) s, \(scene.setting.partitions) partitions, lease \(Setting.lease)")
        do {
            let result = try await run(seed: seed, size, scene)
            let isGood = result.report.isGood && result.complaints.isEmpty
            let slow = await scene.close(isDrained: isGood)
            let complaints = result.complaints + slow.map { "\($0) was told to stop and did not within 15 s" }
            conclude(scene, seed, complaints, isGood: isGood && slow.isEmpty)
            return (result.report, isGood && slow.isEmpty)
        } catch {
            _ = await scene.close(isDrained: false)
            conclude(scene, seed, ["\(error)"], isGood: false)
            throw error
        }
    }

    private static func conclude(_ scene: Scene, _ seed: UInt64, _ complaints: [String], isGood: Bool) {
        scene.redis.terminate()
        if !isGood {
            Console.note("seed \(seed) has complaints:")
            Console.complain(complaints)
            let path =
                "\(FileManager.default.temporaryDirectory.path)/aloft-chaos-\(seed)-\(UUID().uuidString.prefix(8))"
            do {
                try scene.keep(as: path)
                Console.note("all logs, journals and what Redis wrote are in \(path)")
            } catch {
                Console.note("the logs could not be kept in \(path): \(error)")
            }
        }
        scene.redis.stop()
    }

    private static func run(
        seed: UInt64,
        _ size: Size,
        _ scene: Scene
    ) async throws -> (report: ChaosReport, complaints: [String]) {
        try await blocking { for worker in scene.workers { try worker.start() } }
        let base = try await Residue.base(of: scene)
        try await blocking { for client in scene.clients { try client.start() } }
        let plan = FaultPlan(
            seed: seed,
            duration: size.seconds * 1_000,
            workers: size.workers,
            clients: size.clients,
            lease: Int(Setting.lease / .milliseconds(1))
        )
        let performer = FaultPerformer(scene)
        var watch = Watch(scene)
        async let faults: Void = performer.perform(plan)
        while Date() < scene.end {
            try await Task.sleep(for: .milliseconds(500))
            try watch.read()
            try watch.replaceCrashed()
        }
        try await faults
        let crashes = scene.workers.flatMap(\.crashes) + scene.clients.flatMap(\.crashes)
        Console.note("no more faults: \(watch.acknowledged.count) started, \(watch.effects.count) effects")
        let waiting = ContinuousClock.now
        while !watch.isQuiet, ContinuousClock.now - waiting < patience {
            try await Task.sleep(for: .milliseconds(200))
            try watch.read()
            try watch.replaceCrashed()
            try await watch.observe()
            // As an operator would: of all that die here, nobody died by what was running.
            let released = try await WorkflowClient(store: scene.store).releaseQuarantined()
            if released > 0 { Console.note("\(released) quarantined instances released") }
        }
        Console.note("quiet after \((ContinuousClock.now - waiting) / .seconds(1)) s")
        var complaints = performer.complaints + crashes.map { "\($0) ended by itself; see its log" }
        if !watch.isQuiet { complaints += await Stuck.explain(watch.open, scene) }
        let audit = try await WorkflowClient(store: scene.store).audit().report()
        complaints += audit.findings.map { "audit: \($0)" }
        // What was done last may have been written last.
        try watch.read()
        let verdict = watch.checker.verdict()
        complaints += verdict.complaints
        if watch.isQuiet { complaints += try await Residue.leftovers(in: scene, base: base) }
        let report = ChaosReport(
            seed: seed,
            verdict: verdict,
            workerKills: performer.workerKills,
            redisKills: performer.redisKills,
            auditFindings: audit.findings.count,
            seconds: size.seconds
        )
        return (report, complaints)
    }
}
