import Aloft
import AloftRedis

extension Scenario {
    /// 1,000 instances with one timer each, all due at the same moment; how late each fired.
    static let timers1000 = timers("timers-1000", instances: 1_000, each: 1, lead: 3_000)

    /// The same while 32 clients have short sequences run, one after the other: a fleet that has its hands full.
    static let timersBusy = Scenario(name: "timers-busy") { bench in
        try await withThrowingTaskGroup(of: Outcome?.self) { group in
            for _ in 0..<32 {
                group.addTask {
                    while !Task.isCancelled { _ = try await bench.client.start(Steps.self, 5).result() }
                    return nil
                }
            }
            group.addTask { try await lateness(instances: 1_000, each: 1, lead: 5_000, bench) }
            // The others end by being cancelled.
            while let outcome = try await group.next() {
                guard let outcome else { continue }
                group.cancelAll()
                return outcome
            }
            return Outcome(instances: 1_000, missing: 1_000)
        }
    }

    /// One instance with 15 timers due at the same moment.
    static let timersInOne = timers("timers-in-one", instances: 1, each: 15, lead: 500)

    /// 12 single timers, one after the other, on an idle fleet.
    static let timerIdle = Scenario(name: "timer-idle") { bench in
        var latencies = Latencies()
        var missing = 0
        for _ in 0..<12 {
            let part = try await lateness(instances: 1, each: 1, lead: 300, bench)
            latencies.add(part.latencies)
            missing += part.missing
        }
        return Outcome(instances: 12, missing: missing, latencies: latencies)
    }

    private static func timers(_ name: String, instances: Int, each: Int, lead: Int64) -> Scenario {
        Scenario(name: name) { bench in
            try await lateness(instances: instances, each: each, lead: lead, bench)
        }
    }

    /// Lateness is read from the histories, by the store's clock: from the moment due to the call of the script that fired it. What
    /// one call fires is in the queues when the call ends.
    private static func lateness(instances: Int, each: Int, lead: Int64, _ bench: Bench) async throws -> Outcome {
        let due = Timestamp(milliseconds: bench.store.now.milliseconds + lead)
        var handles: [InstanceHandle<String>] = []
        for _ in 0..<instances {
            handles.append(
                try await bench.client.start(WaitUntil.self, Array(repeating: due.milliseconds, count: each))
            )
        }
        var outcome = Outcome(instances: instances, missing: await bench.missing(handles))
        for handle in handles {
            for event in try await handle.history() {
                if case .timerFired = event.body { outcome.latencies.add(event.timestamp - due) }
            }
        }
        if outcome.latencies.milliseconds.count != instances * each { outcome.missing += 1 }
        return outcome
    }

    /// 2,000 signals to one instance that consumes them.
    static let signals1 = signals("signals-1", instances: 1, each: 2_000)

    /// 20 signals to each of 100 instances.
    static let signals100 = signals("signals-100", instances: 100, each: 20)

    private static func signals(_ name: String, instances: Int, each: Int) -> Scenario {
        Scenario(name: name) { bench in
            var handles: [InstanceHandle<String>] = []
            for _ in 0..<instances { handles.append(try await bench.client.start(Receive.self, each)) }
            let clock = ContinuousClock()
            let start = clock.now
            let targets = handles
            try await withThrowingTaskGroup(of: Void.self) { group in
                for client in 0..<16 {
                    group.addTask {
                        for number in stride(from: client, to: instances * each, by: 16) {
                            try await targets[number / each].signal(Receive.tick, number % each)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let missing = await bench.missing(handles)
            return Outcome(
                instances: instances,
                missing: missing,
                unit: "signals",
                units: instances * each,
                elapsed: clock.now - start
            )
        }
    }
}
