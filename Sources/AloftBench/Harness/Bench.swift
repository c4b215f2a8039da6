import Aloft
import AloftRedis
import Foundation
import LocalRedis
import Logging
import RedisClient

/// A private server, a fleet, and what they have used.
struct Bench: Sendable {
    let store: RedisStore
    let client: WorkflowClient
    let redis: RedisClient
    let persistence: String
    let workers: Int

    static func makeWorker(store: RedisStore, residents: Int) -> Worker {
        // The product's defaults but for what the scenario is about.
        let options = WorkerOptions(maximumResidents: residents)
        return Worker(store: store, options: options) {
            Steps.self
            FanOut.self
            WaitUntil.self
            Receive.self
            Work()
        }
    }

    /// Runs a scenario and reports what it took.
    func measure(_ scenario: Scenario) async throws -> Report {
        // Connections, scripts and code pages are not what is measured.
        for _ in 0..<20 { _ = try await client.start(Steps.self, 1).result() }
        let usage = try await ServerUsage.read(from: redis)
        let cpu = ProcessUsage.cpuMicroseconds()
        let clock = ContinuousClock()
        let start = clock.now
        let outcome = try await scenario.run(self)
        let elapsed = (outcome.elapsed ?? (clock.now - start)) / .seconds(1)
        let cpuAfter = ProcessUsage.cpuMicroseconds()
        let usageAfter = try await ServerUsage.read(from: redis)
        let instances = Double(max(1, outcome.instances))
        return Report(
            scenario: scenario.name,
            n: outcome.instances,
            elapsedSeconds: elapsed,
            perSecond: outcome.unit == nil ? nil : Double(outcome.units) / elapsed,
            unit: outcome.unit,
            p50Milliseconds: outcome.latencies.percentile(0.5),
            p99Milliseconds: outcome.latencies.percentile(0.99),
            redisCPUPerWorkflow: (usageAfter.cpuMicroseconds - usage.cpuMicroseconds) / instances,
            redisCallsPerWorkflow: (usageAfter.clientCommands - usage.clientCommands) / instances,
            redisBytesPerInstance: (usageAfter.usedMemory - usage.usedMemory) / instances,
            clientCPUPerWorkflow: (cpuAfter - cpu) / instances,
            firstTenthMilliseconds: outcome.firstTenth.map { $0 / .milliseconds(1) },
            lastTenthMilliseconds: outcome.lastTenth.map { $0 / .milliseconds(1) },
            missing: outcome.missing,
            persistence: persistence,
            workers: workers
        )
    }

    /// Waits for the results of instances; counts those that are not right.
    func missing(_ handles: [InstanceHandle<String>]) async -> Int {
        await withTaskGroup(of: Int.self) { group in
            for handle in handles {
                group.addTask { (try? await handle.result()) == resultText ? 0 : 1 }
            }
            return await group.reduce(0, +)
        }
    }
}

/// Runs a body with a fleet: one worker in this process, or several in processes of their own.
func withBench<Result: Sendable>(
    _ scenario: Scenario,
    persistence: String,
    workers: Int,
    _ body: @escaping @Sendable (Bench) async throws -> Result
) async throws -> Result {
    let options = LocalRedisOptions(persistence: persistence == "none" ? .none : .aofEverysec)
    let server = try LocalRedis(options)
    defer { server.stop() }
    let store = try await RedisStore(.init(url: server.url))
    let redis = RedisClient(try RedisConfiguration(url: server.url), logger: Logger(label: "bench"))
    let bench = Bench(
        store: store,
        client: WorkflowClient(store: store),
        redis: redis,
        persistence: persistence,
        workers: workers
    )
    let result: Result
    if workers == 0 {
        let worker = Bench.makeWorker(store: store, residents: scenario.residents)
        result = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await worker.run() }
            try await worker.waitUntilReady()
            let result = try await body(bench)
            group.cancelAll()
            return result
        }
    } else {
        let processes = try (0..<workers).map { _ in
            try WorkerProcess(url: server.url, residents: scenario.residents)
        }
        defer { for process in processes { process.stop() } }
        for process in processes { try process.waitUntilReady() }
        result = try await body(bench)
    }
    await store.shutdown()
    await redis.shutdown()
    return result
}
