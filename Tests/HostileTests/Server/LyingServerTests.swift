import Aloft
import AloftRedis
import LocalRedis
import RedisClient
import Testing

/// A server whose replies make no sense: every call ends, with an error or with something, and nothing traps.
@Suite("A server that lies") struct LyingServerTests {
    @Test("Every call ends", .timeLimit(.minutes(10)), arguments: 1...4 as ClosedRange<UInt64>)
    func calls(_ seed: UInt64) async throws {
        let rounds = isLong ? 300 : 5
        try await withLyingServer { liar, store in
            liar.lie(seed: seed)
            var failures = 0
            for _ in 0..<rounds {
                for call in StoreCalls.all {
                    do { try await call.run(store) } catch is StoreError { failures += 1 }
                }
            }
            #expect(failures > rounds)
            #expect(liar.answers > rounds * 20)
            // It comes to its senses, and so does the store.
            liar.lie(seed: nil)
            try await eventually("the store works again") {
                (try? await store.start(.init(instance: "honest", workflow: "W", input: .none))) != nil
            }
            let state = try await store.state(of: "honest")
            #expect(state?.status == .running)
        }
    }

    @Test("A worker meets it, and works when it comes to its senses", .timeLimit(.minutes(2)))
    func worker() async throws {
        try await withLyingServer { liar, store in
            let log = LogRecorder()
            let client = WorkflowClient(store: store)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    // One that is told that its lease is lost, and nonsense when it registers, ends with an error.
                    while !Task.isCancelled {
                        let worker = Worker(store: store, options: .hasty, logger: log.logger) { Everything.components }
                        do { try await worker.run() } catch is StoreError {}
                    }
                }
                let handle = try await client.start(Everything.self, "one", id: "one")
                liar.lie(seed: 7)
                try await Task.sleep(for: .milliseconds(700))
                liar.lie(seed: nil)
                try await eventually("the signal is taken") {
                    (try? await handle.signal(Everything.go, "honest", id: "id")) != nil
                }
                let result = try await handle.result()
                #expect(result == "ONE honest")
                #expect(log.lines.count < 2_000, "it does not spin")
                group.cancelAll()
            }
        }
    }

    private func withLyingServer(_ body: (LyingServer, RedisStore) async throws -> Void) async throws {
        let server = try LocalRedis()
        defer { server.stop() }
        let liar = try await LyingServer.start(before: server)
        var configuration = try RedisStore.Configuration(url: liar.url)
        configuration.pollDuration = .milliseconds(20)
        configuration.retryDuration = .milliseconds(100)
        configuration.redis.commandTimeout = .milliseconds(500)
        let store = try await RedisStore(configuration, logger: quiet)
        do {
            try await body(liar, store)
        } catch {
            await store.shutdown()
            await liar.stop()
            throw error
        }
        await store.shutdown()
        await liar.stop()
    }
}
