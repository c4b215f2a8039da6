import Aloft
import Foundation
import Synchronization
import Testing

/// All workers of a fleet are replaced, one after the other, while it works.
@Suite(.serialized) struct RollingRestartTests {
    private static let limit = Duration.seconds(2)

    private final class End: Sendable {
        private let flag = Atomic(false)
        var hasCome: Bool { flag.load(ordering: .relaxed) }
        func come() { flag.store(true, ordering: .relaxed) }
    }

    /// By the clock of Redis, as the histories tell: how late a timer fired, and with that how late the code was run that set
    /// it. The lease is so long that nothing is taken over.
    @Test("A rolling restart of a fleet under load: nothing that is due waits for two seconds")
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
                group.addTask {
                    var longest = Duration.zero
                    var number = 0
                    while !end.hasCome {
                        number += 1
                        let begun = ContinuousClock.now
                        _ = try await scene.start("work", times: 3, id: "probe-\(number)").result()
                        longest = max(longest, ContinuousClock.now - begun)
                    }
                    return (0, longest)
                }
                for index in fleet.indices {
                    fleet[index].terminate()
                    fleet[index] = try await WorkerProcess.start(on: scene.server, lease: lease)
                }
                end.come()
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
