import Aloft

extension Scenario {
    /// 8 clients start 2,000 instances of one activity as fast as they can.
    static let burst1 = Scenario(name: "burst-1") { bench in
        let handles = try await startAll(2_000, clients: 8, bench) { try await bench.client.start(Steps.self, 1) }
        return Outcome(instances: 2_000, missing: await bench.missing(handles), unit: "instances", units: 2_000)
    }

    /// 300 instances of 10 activities in sequence.
    static let burst10 = Scenario(name: "burst-10") { bench in
        let handles = try await startAll(300, clients: 8, bench) { try await bench.client.start(Steps.self, 10) }
        return Outcome(instances: 300, missing: await bench.missing(handles), unit: "activities", units: 3_000)
    }

    /// 16 clients, each starts one instance of one activity and waits for its result, 960 in all.
    static let closed1 = Scenario(name: "closed-1") { bench in
        try await closed(clients: 16, each: 60, bench)
    }

    /// 100 instances of one activity, one at a time.
    static let idle = Scenario(name: "idle") { bench in
        var outcome = try await closed(clients: 1, each: 100, bench)
        outcome.unit = nil
        return outcome
    }

    /// 10 instances, one after the other, of 100 activities in parallel.
    static let fanout100 = fanout("fanout-100", instances: 10, width: 100)

    /// 3 instances of 1,000 activities in parallel.
    static let fanout1000 = fanout("fanout-1000", instances: 3, width: 1_000)

    private static func fanout(_ name: String, instances: Int, width: Int) -> Scenario {
        Scenario(name: name) { bench in
            var missing = 0
            for _ in 0..<instances {
                let result = try? await bench.client.start(FanOut.self, width).result()
                if result != resultText { missing += 1 }
            }
            return Outcome(instances: instances, missing: missing, unit: "activities", units: instances * width)
        }
    }

    private static func startAll(
        _ count: Int,
        clients: Int,
        _ bench: Bench,
        _ start: @escaping @Sendable () async throws -> InstanceHandle<String>
    ) async throws -> [InstanceHandle<String>] {
        try await withThrowingTaskGroup(of: [InstanceHandle<String>].self) { group in
            for client in 0..<clients {
                group.addTask {
                    var handles: [InstanceHandle<String>] = []
                    for _ in stride(from: client, to: count, by: clients) { handles.append(try await start()) }
                    return handles
                }
            }
            return try await group.reduce(into: []) { $0.append(contentsOf: $1) }
        }
    }

    private static func closed(clients: Int, each: Int, _ bench: Bench) async throws -> Outcome {
        let (latencies, missing) = try await withThrowingTaskGroup(of: (Latencies, Int).self) { group in
            for _ in 0..<clients {
                group.addTask {
                    let clock = ContinuousClock()
                    var latencies = Latencies()
                    var missing = 0
                    for _ in 0..<each {
                        let start = clock.now
                        let result = try? await bench.client.start(Steps.self, 1).result()
                        latencies.add(clock.now - start)
                        if result != resultText { missing += 1 }
                    }
                    return (latencies, missing)
                }
            }
            return try await group.reduce(into: (Latencies(), 0)) { sum, part in
                sum.0.add(part.0)
                sum.1 += part.1
            }
        }
        let count = clients * each
        return Outcome(
            instances: count,
            missing: missing,
            unit: "instances",
            units: count,
            latencies: latencies
        )
    }
}
