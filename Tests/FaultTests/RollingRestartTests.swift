import Aloft
import Foundation
import Synchronization
import Testing

/// All workers of a fleet are replaced, one after the other, while it works.
@Suite(.serialized) struct RollingRestartTests {
    private static let limit = Duration.seconds(2)
    /// For how long each worker that is told to stop still has an activity. Whatever it keeps back meanwhile is late by more than
    /// the limit.
    private static let grace = Duration.seconds(4)

    private final class End: Sendable {
        private let flag = Atomic(false)
        var hasCome: Bool { flag.load(ordering: .relaxed) }
        func come() { flag.store(true, ordering: .relaxed) }
    }

    /// By the clock of Redis, as the histories tell: how late a timer fired, and with that how late the code was run that set
    /// it. The lease is so long that nothing is taken over.
    @Test(
        "A rolling restart under load, with activities that take their time: nothing that is due waits for two seconds"
    )
    func underLoad() async throws {
        let lease = Duration.seconds(600)
        try await withProcessScene(lease: lease) { scene in
            var fleet: [WorkerProcess] = []
            for _ in 0..<3 { fleet.append(try await WorkerProcess.start(on: scene.server, lease: lease)) }
            let end = End()
            try await withThrowingTaskGroup(of: (timers: Int, longest: Duration).self) { group in
                for lane in 0..<20 {
                    group.addTask {
                        var timers = 0
                        var longest = Duration.zero
                        while !end.hasCome {
                            let id: InstanceID = "naps-\(lane)-\(timers)"
                            let handle = try await scene.client.start(ProcessScene.naps, 10, id: id)
                            _ = try await handle.result()
                            let gaps = try await Self.gaps(in: handle)
                            #expect(gaps.count == 11)
                            timers += 10
                            longest = max(longest, gaps.max() ?? .zero)
                        }
                        return (timers, longest)
                    }
                }
                // Activities, from the start to the end, as the client sees it.
                for lane in 0..<6 {
                    group.addTask {
                        var longest = Duration.zero
                        var number = 0
                        while !end.hasCome {
                            number += 1
                            let begun = ContinuousClock.now
                            // So many that a worker is in the middle of one whenever it is told to stop.
                            _ = try await scene.start("work", times: 20, id: "probe-\(lane)-\(number)").result()
                            longest = max(longest, ContinuousClock.now - begun)
                        }
                        return (0, longest)
                    }
                }
                let held = try await Self.occupy(fleet, in: scene)
                for index in fleet.indices {
                    let leaving = fleet[index]
                    leaving.askToStop()
                    let begun = ContinuousClock.now
                    fleet[index] = try await WorkerProcess.start(on: scene.server, lease: lease)
                    try await eventually("others go on", for: Self.grace * 2) {
                        ContinuousClock.now - begun > Self.grace
                    }
                    leaving.release()
                    leaving.terminate()
                }
                end.come()
                for handle in held { _ = try await handle.result() }
                var timers = 0
                for try await lane in group {
                    timers += lane.timers
                    #expect(lane.longest < Self.limit)
                }
                #expect(timers >= 200)
            }
            for worker in fleet { worker.terminate() }
        }
    }

    /// Starts activities until each worker has one that goes on until it is released.
    private static func occupy(_ fleet: [WorkerProcess], in scene: ProcessScene) async throws -> [InstanceHandle<Int>] {
        var held: [InstanceHandle<Int>] = []
        var free = fleet
        while !free.isEmpty, held.count < 100 {
            let id: InstanceID = "held-\(held.count)"
            held.append(try await scene.start("hold", id: id))
            try await eventually("it is held") {
                fleet.contains { $0.hasNoted("begun.\(id).\($0.pid)") }
            }
            free.removeAll { $0.hasNoted("begun.\(id).\($0.pid)") }
        }
        #expect(free.isEmpty)
        return held
    }

    /// How long each timer of an instance waited beyond its due time, and the code for its end behind the last one. Timers are
    /// due by the time of the event before: code that runs late sets the next one late, and that fires late.
    private static func gaps(in handle: InstanceHandle<Int>) async throws -> [Duration] {
        var due: [CommandID: Timestamp] = [:]
        var gaps: [Duration] = []
        var last: Timestamp?
        for event in try await handle.history() {
            if case .timerScheduled(let timer) = event.body { due[timer.command] = timer.due }
            guard case .timerFired(let command) = event.body, let due = due[command] else { continue }
            #expect(event.timestamp >= due)
            gaps.append(event.timestamp - due)
            last = event.timestamp
        }
        if let last, let end = try await handle.state().finishedAt { gaps.append(end - last) }
        return gaps
    }
}
