import ChaosKit
import Testing

@Suite struct FaultPlanTests {
    private func plan(_ seed: UInt64, duration: Int = 60_000) -> FaultPlan {
        FaultPlan(seed: seed, duration: duration, workers: 4, clients: 2, lease: 2_000)
    }

    @Test func aSeedHasOnePlan() {
        #expect(plan(7) == plan(7))
        #expect(plan(7) != plan(8))
    }

    @Test func everybodyIsAVictim() {
        let victims: [Victim] = [.redis] + (0..<4).map { .worker($0) } + (0..<2).map { .client($0) }
        #expect(plan(1).timelines.map(\.victim) == victims)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func faultsOfOneVictimDoNotOverlap(seed: UInt64) {
        for timeline in plan(seed).timelines {
            var free = 0
            for entry in timeline.entries {
                #expect(entry.at >= free)
                free = entry.at + duration(of: entry.fault)
            }
            #expect(free <= 60_000, "nothing lasts longer than the run")
        }
    }

    @Test func aMinuteSeesEveryKindOfFault() {
        let faults = (1...20 as ClosedRange<UInt64>).flatMap { plan($0).timelines }.flatMap { timeline in
            timeline.entries.map { (timeline.victim, $0.fault) }
        }
        for seed in 1...20 as ClosedRange<UInt64> {
            let kills = plan(seed).timelines.dropFirst().prefix(4).flatMap(\.entries).count { isKill($0.fault) }
            #expect(kills > 5, "workers are killed with seed \(seed)")
        }
        #expect(faults.contains { $0.0 == .redis && isKill($0.1) })
        #expect(faults.contains { $0.1 == .flushScripts })
        #expect(faults.contains { $0.1 == .drain })
        #expect(faults.contains { $0.1 == .closeConnections(type: "pubsub") })
        #expect(faults.contains { $0.0 == .worker(0) && duration(of: $0.1) > 2_000 && !isKill($0.1) }, "past the lease")
        #expect(faults.contains { $0.0 == .client(1) && isKill($0.1) })
    }

    private func isKill(_ fault: Fault) -> Bool { if case .kill = fault { true } else { false } }

    private func duration(of fault: Fault) -> Int {
        switch fault {
        case .kill(let pause), .pause(let pause): pause
        default: 0
        }
    }
}
