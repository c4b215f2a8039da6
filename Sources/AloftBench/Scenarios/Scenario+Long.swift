import Aloft
import AloftRedis

extension Scenario {
    /// One instance, 2,000 activities in sequence.
    static let long2000 = Scenario(name: "long-2000") { bench in try await long(2_000, bench) }

    /// 1,000 activities in sequence, and nothing resident: every task replays.
    static let long1000Cold = Scenario(name: "long-1000-cold", residents: 0) { bench in
        try await long(1_000, bench)
    }

    private static func long(_ steps: Int, _ bench: Bench) async throws -> Outcome {
        let handle = try await bench.client.start(Steps.self, steps)
        let isRight = (try? await handle.result()) == resultText
        let moments = try await handle.history().compactMap { event -> Timestamp? in
            if case .activityCompleted = event.body { event.timestamp } else { nil }
        }
        let tenth = max(1, steps / 10)
        var outcome = Outcome(instances: 1, missing: isRight ? 0 : 1, unit: "activities", units: steps)
        if let first = moments.first, let last = moments.last, moments.count == steps {
            outcome.firstTenth = (moments[tenth] - first) / tenth
            outcome.lastTenth = (last - moments[steps - 1 - tenth]) / tenth
        }
        return outcome
    }

    /// A history of 10,000 events is loaded and replayed cold, by a worker that has never seen it.
    static let restart = Scenario(name: "restart", residents: 0) { bench in
        // The last signal goes to an instance that nobody has in memory: it replays all that came before.
        let count = 9_999
        let handle = try await bench.client.start(Receive.self, count)
        for number in 0..<(count - 1) { try await handle.signal(Receive.tick, number) }
        while try await handle.state().historyLength < count {
            try await bench.store.clock.sleep(for: .milliseconds(10))
        }
        let clock = ContinuousClock()
        let start = clock.now
        try await handle.signal(Receive.tick, count - 1)
        let isRight = (try? await handle.result()) == resultText
        return Outcome(
            instances: 1,
            missing: isRight ? 0 : 1,
            unit: "events",
            units: count + 2,
            elapsed: clock.now - start
        )
    }

    /// What one worker asks of Redis while there is nothing to do; the rate is commands per second.
    static let idleCost = Scenario(name: "idle-cost") { bench in
        let clock = ContinuousClock()
        let before = try await ServerUsage.read(from: bench.redis)
        let start = clock.now
        try await clock.sleep(for: .seconds(10))
        let after = try await ServerUsage.read(from: bench.redis)
        return Outcome(
            instances: 0,
            missing: 0,
            unit: "commands",
            units: Int(after.clientCommands - before.clientCommands),
            elapsed: clock.now - start
        )
    }
}
