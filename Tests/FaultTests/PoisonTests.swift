import Aloft
import Foundation
import Testing

/// Code that really traps, in workers under a supervisor. The lease is so long that nothing of this can come from one that ran
/// out: what a crashed worker held is taken over since its supervisor said that it is dead.
@Suite(.serialized) struct PoisonTests {
    private static let lease = Duration.seconds(600)

    @Test("An activity that traps fails with the backtrace after three crashes; what ran beside it goes on")
    func activity() async throws {
        try await withProcessScene(lease: Self.lease) { scene in
            let worker = try await WorkerProcess.start(on: scene.server, lease: Self.lease, isSupervised: true)
            let chains = try await (0..<3).asyncMap { try await scene.start("rest", times: 20, id: "chain-\($0)") }
            let careful = try await scene.client.start(ProcessScene.careful, id: "careful")
            let caught = try await careful.result()
            #expect(caught.message == "3 workers died while running activity trap")
            let backtrace = caught.backtrace ?? ""
            #expect(backtrace.contains("openTheEmptyBox") && backtrace.contains("FaultWorker.swift"), "\(backtrace)")
            for chain in chains { #expect(try await chain.result() > 0) }
            // Three that crashed, and one that saw the end.
            #expect(worker.lives.count == 4)
            #expect(worker.log.contains("the program crashed"))
            let last = try await scene.start("work", id: "last").result()
            #expect(worker.lives.contains(last))
            worker.terminate()
        }
    }

    @Test("A workflow that traps is quarantined with its cause, is found, and goes on after a deployment")
    func workflow() async throws {
        try await withProcessScene(lease: Self.lease) { scene in
            let worker = try await WorkerProcess.start(on: scene.server, lease: Self.lease, isSupervised: true)
            // Each crash takes seconds: its backtrace is read from the debugging information of the program.
            let faulty = try await scene.client.start(ProcessScene.faulty, 1, id: "faulty")
            try await eventually("it is quarantined", for: .seconds(120)) { try await faulty.state().isQuarantined }
            let state = try await faulty.state()
            #expect(state.status == .running)
            #expect(state.crashes == 3)
            #expect(state.problem?.contains("3 workers died with its workflow task in hand") == true)
            #expect(state.problem?.contains("openTheEmptyBox") == true, "\(state.problem ?? "")")
            #expect(state.backtrace?.contains("FaultWorker.swift") == true)
            var listed: Set<InstanceID> = []
            for try await state in scene.client.instances(matching: InstanceFilter(isQuarantined: true)) {
                listed.insert(state.instance)
                #expect(state.problem?.contains("openTheEmptyBox") == true)
            }
            #expect(listed == [faulty.instance])
            // The fleet serves everything else.
            #expect(try await scene.start("work", times: 3, id: "other").result() > 0)
            #expect(worker.lives.count == 4)

            let mended = try await WorkerProcess.start(on: scene.server, lease: Self.lease, isMended: true)
            worker.terminate()
            #expect(try await scene.client.releaseQuarantined(matching: InstanceFilter(workflow: "Faulty")) == 1)
            #expect(try await faulty.result() == 1)
            mended.terminate()
        }
    }

    @Test("A worker that is killed, and whose next start crashes too soon, is started again and goes on at once")
    func restart() async throws {
        try await withProcessScene(lease: Self.lease) { scene in
            let worker = try await Self.start(on: scene, grace: .zero)
            let child = try await hold(worker, scene)
            worker.stumble()
            worker.kill(child)
            try await eventually("another runs the activity") { !worker.lives.subtracting([child]).isEmpty }
            worker.release()
            let heir = try await scene.client.handle("held", returning: Int.self).result()
            #expect(heir != child && worker.lives == [child, heir])
            #expect(worker.log.contains("the process was ended by signal 9"))
            #expect(worker.log.contains("it stumbles once"))
            worker.terminate()
        }
    }

    @Test("SIGTERM to the supervisor: the worker drains, and nothing is started again")
    func drain() async throws {
        try await withProcessScene(lease: Self.lease) { scene in
            let worker = try await Self.start(on: scene, grace: .milliseconds(300))
            let child = try await hold(worker, scene)
            worker.terminate()
            #expect(worker.note("cancelled.held.\(child)") == ActivityCancellation.workerStops.description)
            #expect(worker.lives == [child])
            #expect(try await scene.beats().isEmpty, "it has left the fleet")
            try await takeOver(scene)
        }
    }

    @Test("A second SIGTERM: the grace period is cut short, and everything is handed back all the same")
    func hurry() async throws {
        try await withProcessScene(lease: Self.lease) { scene in
            let worker = try await Self.start(on: scene, grace: .seconds(600))
            let child = try await hold(worker, scene)
            worker.askToStop()
            try await eventually("it drains") { worker.log.contains("worker is stopping") }
            #expect(!worker.hasNoted("cancelled.held.\(child)"))
            worker.terminate()
            #expect(worker.note("cancelled.held.\(child)") == ActivityCancellation.workerStops.description)
            #expect(try await scene.beats().isEmpty, "it has left the fleet")
            try await takeOver(scene)
        }
    }

    @Test("SIGKILL to the supervisor: the worker is no orphan but drains and ends")
    func orphan() async throws {
        try await withProcessScene(lease: Self.lease) { scene in
            let worker = try await Self.start(on: scene, grace: .milliseconds(300))
            let child = try await hold(worker, scene)
            worker.kill()
            try await eventually("it leaves the fleet") { try await scene.beats().isEmpty }
            try await eventually {
                worker.note("cancelled.held.\(child)") == ActivityCancellation.workerStops.description
            }
            try await takeOver(scene)
        }
    }

    private static func start(on scene: ProcessScene, grace: Duration) async throws -> WorkerProcess {
        try await WorkerProcess.start(on: scene.server, lease: lease, grace: grace, isSupervised: true)
    }

    /// Gives a worker an activity that goes on until it is released. - Returns: The process that runs it.
    private func hold(_ worker: WorkerProcess, _ scene: ProcessScene) async throws -> Int {
        _ = try await scene.start("hold", id: "held")
        let child = try #require(worker.lives.first)
        #expect(child != worker.pid)
        try await eventually { worker.hasNoted("begun.held.\(child)") }
        return child
    }

    /// Another worker runs the activity that was handed back, as the same attempt.
    private func takeOver(_ scene: ProcessScene) async throws {
        let heir = try await WorkerProcess.start(on: scene.server, lease: Self.lease)
        heir.release()
        let pid = try await scene.client.handle("held", returning: Int.self).result()
        #expect(pid == heir.pid)
        #expect(heir.note("begun.held.\(heir.pid)") == "attempt 1")
        heir.terminate()
    }
}
