/// All faults of a run. The same seed has the same plan; what meets a fault, the machine decides.
package struct FaultPlan: Hashable, Sendable {
    package var timelines: [FaultTimeline]

    /// - Parameters:
    ///   - lease: Of the workers, in milliseconds; half of the pauses are longer.
    ///   - duration: Nothing begins later, and nothing lasts longer, in milliseconds.
    package init(seed: UInt64, duration: Int, workers: Int, clients: Int, lease: Int) {
        timelines = [Self.redis(seed, duration)]
        timelines += (0..<workers).map { Self.worker($0, seed, duration, lease) }
        timelines += (0..<clients).map { Self.client($0, seed, duration) }
    }

    private static func worker(_ place: Int, _ seed: UInt64, _ duration: Int, _ lease: Int) -> FaultTimeline {
        var random = ChaosRandom(seed: seed, 1, UInt64(place))
        return timeline(.worker(place), &random, duration, pauses: 1_000...7_000) { random in
            switch Int.random(in: 0..<100, using: &random) {
            case ..<45: .kill(replacedAfter: Int.random(in: 0...2_000, using: &random))
            case ..<60: .pause(Int.random(in: 100...lease, using: &random))
            case ..<80: .pause(Int.random(in: lease...(3 * lease), using: &random))
            default: .drain
            }
        }
    }

    private static func client(_ place: Int, _ seed: UInt64, _ duration: Int) -> FaultTimeline {
        var random = ChaosRandom(seed: seed, 2, UInt64(place))
        return timeline(.client(place), &random, duration, pauses: 4_000...15_000) { random in
            if random.chance(70) { return .kill(replacedAfter: Int.random(in: 0...1_000, using: &random)) }
            return .pause(Int.random(in: 200...3_000, using: &random))
        }
    }

    private static func redis(_ seed: UInt64, _ duration: Int) -> FaultTimeline {
        var random = ChaosRandom(seed: seed, 3)
        var isFirst = true
        return timeline(.redis, &random, duration, pauses: 1_500...6_000) { random in
            // A short run is to see this, too.
            defer { isFirst = false }
            if isFirst { return .kill(replacedAfter: Int.random(in: 0...500, using: &random)) }
            return switch Int.random(in: 0..<100, using: &random) {
            case ..<40: .kill(replacedAfter: Int.random(in: 0...1_500, using: &random))
            case ..<60: .pause(Int.random(in: 100...3_000, using: &random))
            case ..<88: .closeConnections(type: random.chance(70) ? "normal" : "pubsub")
            default: .flushScripts
            }
        }
    }

    /// - Parameter pauses: The time between the end of a fault and the next, in milliseconds.
    private static func timeline(
        _ victim: Victim,
        _ random: inout ChaosRandom,
        _ duration: Int,
        pauses: ClosedRange<Int>,
        _ fault: (inout ChaosRandom) -> Fault
    ) -> FaultTimeline {
        var entries: [FaultTimeline.Entry] = []
        var time = 0
        while true {
            time += Int.random(in: pauses, using: &random)
            let next = fault(&random)
            guard time + next.duration <= duration else { break }
            entries.append(FaultTimeline.Entry(at: time, fault: next))
            time += next.duration
        }
        return FaultTimeline(victim: victim, entries: entries)
    }
}
