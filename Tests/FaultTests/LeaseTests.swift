import Aloft
import AloftRedis
import Foundation
import RedisClient
import Synchronization
import Testing

/// Workers that are processes, and what becomes of their work.
@Suite(.serialized) struct LeaseTests {
    @Test("kill -9: others take over within a lease and a bit")
    func kill() async throws { try await killed(lease: .seconds(1), limit: .seconds(3)) }

    @Test("kill -9 with the default lease: others take over within 15 s", .enabled(if: isLongRun))
    func killByDefault() async throws {
        let configuration = try RedisStore.Configuration(url: "redis://localhost")
        try await killed(lease: configuration.leaseDuration, limit: .seconds(15))
    }

    private func killed(lease: Duration, limit: Duration) async throws {
        try await withProcessScene(lease: lease) { scene in
            let victim = try await WorkerProcess.start(on: scene.server, lease: lease)
            // An eager activity of a resident execution, and executions that are in the middle.
            let held = try await scene.start("hold", id: "held")
            let chains = try await (0..<5).asyncMap { try await scene.start("work", times: 200, id: "chain-\($0)") }
            try await eventually { victim.hasNoted("begun.held.\(victim.pid)") }
            let heir = try await WorkerProcess.start(on: scene.server, lease: lease)
            heir.release()
            victim.kill()
            let killedAt = ContinuousClock.now
            let pid = try await held.result()
            #expect(pid == heir.pid)
            for chain in chains { #expect(try await chain.result() > 0) }
            #expect(ContinuousClock.now - killedAt < limit)
            heir.terminate()
        }
    }

    /// Redis takes no writes while the worker dies.
    @Test("kill -9 between the end of an activity and the record of it: the activity runs again")
    func killBeforeTheOutcome() async throws {
        let lease = Duration.seconds(1)
        try await withProcessScene(lease: lease) { scene in
            let victim = try await WorkerProcess.start(on: scene.server, lease: lease)
            let held = try await scene.start("hold", id: "held")
            try await eventually { victim.hasNoted("begun.held.\(victim.pid)") }
            let heir = try await WorkerProcess.start(on: scene.server, lease: lease)
            heir.release()
            _ = try await scene.admin.send(RedisCommand("CLIENT", "PAUSE", 10_000, "WRITE"))
            victim.release()
            try await eventually("it has ended") { victim.hasNoted("ended.held.\(victim.pid)") }
            victim.kill()
            _ = try await scene.admin.send(RedisCommand("CLIENT", "UNPAUSE"))
            let pid = try await held.result()
            #expect(pid == heir.pid)
            heir.terminate()
        }
    }

    /// The worker holds the execution and is in its second activity.
    @Test("kill -9 after the outcome of an activity is recorded: that activity is not run again")
    func killAfterTheOutcome() async throws {
        let lease = Duration.seconds(1)
        try await withProcessScene(lease: lease) { scene in
            let victim = try await WorkerProcess.start(on: scene.server, lease: lease)
            let twice = try await scene.start("once, then hold", times: 2, id: "held")
            try await eventually { victim.hasNoted("begun.held.\(victim.pid)") }
            let heir = try await WorkerProcess.start(on: scene.server, lease: lease)
            heir.release()
            victim.kill()
            let pid = try await twice.result()
            #expect(pid == heir.pid)
            #expect(!heir.hasNoted("first.held.\(heir.pid)"))
            heir.terminate()
        }
    }

    @Test("A worker that was paused past its lease commits nothing, and its activities are told why they are cancelled")
    func paused() async throws {
        let lease = Duration.milliseconds(800)
        try await withProcessScene(lease: lease) { scene in
            let sleeper = try await WorkerProcess.start(on: scene.server, lease: lease)
            let held = try await scene.start("hold", id: "held")
            try await eventually { sleeper.hasNoted("begun.held.\(sleeper.pid)") }
            let heir = try await WorkerProcess.start(on: scene.server, lease: lease)
            sleeper.freeze()
            try await eventually("the other runs the activity") { heir.hasNoted("begun.held.\(heir.pid)") }
            sleeper.thaw()
            try await eventually("it is told") { sleeper.hasNoted("cancelled.held.\(sleeper.pid)") }
            #expect(sleeper.note("cancelled.held.\(sleeper.pid)") == ActivityCancellation.leaseLost.description)
            heir.release()
            let pid = try await held.result()
            #expect(pid == heir.pid)
            let events = try await held.history()
            #expect(events.count { if case .activityCompleted = $0.body { true } else { false } } == 1)
            // It goes on as somebody new.
            try await eventually("it takes work again") { try await scene.beats().count == 2 }
            heir.terminate()
            let last = try await scene.start("work", id: "last").result()
            #expect(last == sleeper.pid)
            sleeper.terminate()
        }
    }

    @Test("Activities that block every thread do not delay the heartbeat")
    func starved() async throws { try await starved(for: .seconds(2)) }

    @Test("Activities that block every thread for a minute", .enabled(if: isLongRun))
    func starvedForLong() async throws { try await starved(for: .seconds(60)) }

    private func starved(for duration: Duration) async throws {
        let lease = Duration.milliseconds(800)
        try await withProcessScene(lease: lease) { scene in
            let worker = try await WorkerProcess.start(on: scene.server, lease: lease)
            let count = 4 * ProcessInfo.processInfo.activeProcessorCount
            let blocked = try await (0..<count).asyncMap { try await scene.start("block", id: "blocked-\($0)") }
            // The pool has a thread for each processor.
            try await eventually("every thread is held") {
                (0..<count).count { worker.hasNoted("begun.blocked-\($0).\(worker.pid)") }
                    >= ProcessInfo.processInfo.activeProcessorCount
            }
            // Somebody who would take over, and has other things to do than to work.
            let other = WorkerRegistration(workflowQueues: [], activityQueues: [], host: "test")
            #expect(try await scene.store.beat(other, isFirst: true))
            let keeping = Task { await scene.store.keepAlive(other) }
            let end = ContinuousClock.now + duration
            try await eventually("time passes", for: duration + .seconds(10)) {
                let dead = try await scene.store.tick(by: other.worker).deadWorkers
                #expect(dead.isEmpty)
                return ContinuousClock.now > end
            }
            keeping.cancel()
            worker.release()
            for handle in blocked { #expect(try await handle.result() == worker.pid) }
            worker.terminate()
        }
    }

    @Test("SIGTERM: what runs gets its grace period, everything else is handed back at once")
    func drain() async throws {
        // So long that nothing of this can come from a lease that ran out.
        let lease = Duration.seconds(60)
        try await withProcessScene(lease: lease) { scene in
            let leaving = try await WorkerProcess.start(on: scene.server, lease: lease, grace: .milliseconds(500))
            let held = try await scene.start("hold", id: "held")
            try await eventually { leaving.hasNoted("begun.held.\(leaving.pid)") }
            let chains = try await (0..<20).asyncMap { try await scene.start("work", times: 100, id: "chain-\($0)") }
            let heir = try await WorkerProcess.start(on: scene.server, lease: lease)
            heir.release()
            let begun = ContinuousClock.now
            leaving.terminate()
            #expect(ContinuousClock.now - begun > .milliseconds(400), "the grace period was kept")
            #expect(leaving.note("cancelled.held.\(leaving.pid)") == ActivityCancellation.workerStops.description)
            let pid = try await held.result()
            #expect(pid == heir.pid)
            #expect(heir.note("begun.held.\(heir.pid)") == "attempt 1", "handed back, and no failure")
            for chain in chains { #expect(try await chain.result() > 0) }
            // Two thousand steps and a start of a process; nothing of a lease.
            #expect(ContinuousClock.now - begun < lease / 3)
            heir.terminate()
        }
    }
}
