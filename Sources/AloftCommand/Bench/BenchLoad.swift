internal import Aloft
internal import AloftInsight
internal import AloftRedis
internal import Logging
internal import RedisClient
internal import UnixSignals

/// Runs as many activities, one after the other, as it is told.
struct BenchSteps: Workflow {
    func run(_ context: WorkflowContext, _ steps: Int) async throws -> Int {
        var sum = 0
        for _ in 0..<steps { sum += try await context.activity(BenchStep.self, 1) }
        return sum
    }
}

struct BenchStep: Activity {
    func run(_ context: ActivityContext, _ number: Int) async throws -> Int { number }
}

/// A load of small instances, on keys of its own.
struct BenchLoad: Sendable {
    var instances: Int
    var concurrency: Int
    var activities: Int

    func run(_ configuration: RedisStore.Configuration, _ logger: Logger) async throws -> BenchReport {
        let store = try await RedisStore(configuration, logger: logger)
        let outcome: Result<BenchReport, any Error>
        do {
            outcome = .success(try await untilInterrupted { try await measure(store, logger) })
        } catch {
            outcome = .failure(error)
        }
        await store.shutdown()
        try await Self.removeKeys(configuration, logger)
        return try outcome.get()
    }

    /// Whoever has seen enough presses Ctrl-C; what the load left is to be removed all the same.
    private func untilInterrupted(_ body: @escaping @Sendable () async throws -> BenchReport) async throws
        -> BenchReport
    {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        return try await withThrowingTaskGroup(of: BenchReport.self) { group in
            group.addTask { try await body() }
            group.addTask {
                for await _ in signals { throw Refusal(.interrupted, "interrupted") }
                throw CancellationError()
            }
            defer { group.cancelAll() }
            guard let report = try await group.next() else { throw CancellationError() }
            return report
        }
    }

    private func measure(_ store: RedisStore, _ logger: Logger) async throws -> BenchReport {
        let worker = Worker(store: store, logger: logger) {
            BenchSteps.self
            BenchStep()
        }
        let client = WorkflowClient(store: store)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await worker.run() }
            try await worker.waitUntilReady()
            // Connections, scripts and code pages are not what is measured.
            try await start(client, min(20, instances))
            let clock = ContinuousClock()
            let begin = clock.now
            let latencies = try await start(client, instances)
            let elapsed = clock.now - begin
            group.cancelAll()
            return BenchReport(self, elapsed: elapsed, latencies: latencies.sorted())
        }
    }

    /// - Returns: How long each took from its start to its result.
    @discardableResult
    private func start(_ client: WorkflowClient, _ count: Int) async throws -> [Duration] {
        let activities = activities
        return try await withThrowingTaskGroup(of: Duration.self) { group in
            func add() {
                group.addTask {
                    let clock = ContinuousClock()
                    let begin = clock.now
                    let sum = try await client.start(BenchSteps.self, activities).result()
                    guard sum == activities else {
                        throw Refusal(
                            .unusable,
                            "an instance returned \(sum) instead of \(activities); please report this"
                        )
                    }
                    return clock.now - begin
                }
            }
            var left = count
            var latencies: [Duration] = []
            while left > 0, count - left < concurrency {
                add()
                left -= 1
            }
            while let latency = try await group.next() {
                latencies.append(latency)
                guard left > 0 else { continue }
                add()
                left -= 1
            }
            return latencies
        }
    }

    /// Nothing of a measurement stays.
    private static func removeKeys(_ configuration: RedisStore.Configuration, _ logger: Logger) async throws {
        let redis = RedisClient(configuration.redis, logger: logger)
        do {
            var cursor = "0"
            repeat {
                let reply = try await redis.send(
                    RedisCommand(
                        "SCAN",
                        RedisArgument(cursor),
                        "MATCH",
                        RedisArgument("{\(configuration.prefix):*"),
                        "COUNT",
                        "1000"
                    )
                )
                let parts = try reply.array
                cursor = try parts[0].string
                let keys = try parts[1].array.map { RedisArgument(try $0.string) }
                if !keys.isEmpty { _ = try await redis.send(RedisCommand(arguments: ["UNLINK"] + keys)) }
            } while cursor != "0"
        } catch {
            await redis.shutdown()
            throw error
        }
        await redis.shutdown()
    }
}
