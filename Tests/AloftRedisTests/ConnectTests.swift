import AloftCore
import AloftRedis
import LocalRedis
import RedisClient
import Testing

@Suite struct ConnectTests {
    @Test func anotherNumberOfPartitionsIsRefused() async throws {
        try await withBench { bench in
            var other = bench.store.configuration
            other.partitions = 3
            let error = await expectStoreError(.misconfigured) { _ = try await RedisStore(other, logger: quiet) }
            #expect(error?.message.contains("1 partition") == true && error?.message.contains("set to 3") == true)
            other.prefix = "another"
            await (try await RedisStore(other, logger: quiet)).shutdown()
        }
    }

    @Test func newerDataIsRefused() async throws {
        try await withBench { bench in
            try await bench.run("HSET", "{aloft:0}:namespace", "format", "99")
            let error = await expectStoreError(.formatTooNew) {
                _ = try await RedisStore(bench.store.configuration, logger: quiet)
            }
            #expect(error?.message.contains("format 99") == true)
        }
    }

    @Test func olderDataIsRefused() async throws {
        try await withBench { bench in
            try await bench.run("HSET", "{aloft:0}:namespace", "format", "1")
            let error = await expectStoreError(.misconfigured) {
                _ = try await RedisStore(bench.store.configuration, logger: quiet)
            }
            #expect(error?.message.contains("format 1 of an older version") == true)
        }
    }

    @Test(arguments: [["SET", "{aloft:0}:namespace", "x"], ["HSET", "{aloft:0}:namespace", "format", "mine"]])
    func foreignDataIsRefused(words: [String]) async throws {
        try await withBench { bench in
            try await bench.run("DEL", "{aloft:0}:namespace")
            _ = try await bench.redis.send(RedisCommand(arguments: words.map { RedisArgument($0) }))
            let error = await expectStoreError(.misconfigured) {
                _ = try await RedisStore(bench.store.configuration, logger: quiet)
            }
            #expect(error?.message.contains("not of Aloft") == true)
        }
    }

    @Test func aWrongPasswordIsNamedButNotShown() async throws {
        try await withBench(.server(.init(password: "right"))) { bench in
            var settings = bench.store.configuration
            settings.redis.password = "secret-wrong"
            let error = await expectStoreError(.misconfigured) { _ = try await RedisStore(settings, logger: quiet) }
            let text = "\(error.map { "\($0)" } ?? "")"
            #expect(text.contains(bench.server.socketPath) && text.contains("password"))
            #expect(!text.contains("secret-wrong"))
            try await bench.run("PING")
        }
    }

    @Test func anAbsentServerIsNamed() async throws {
        var settings = try RedisStore.Configuration(url: "unix:///nowhere/redis.sock")
        settings.redis.connectTimeout = .milliseconds(100)
        settings.redis.commandTimeout = .milliseconds(200)
        let error = await expectStoreError(.unavailable) { _ = try await RedisStore(settings, logger: quiet) }
        #expect(error?.message.contains("/nowhere/redis.sock") == true)
    }

    @Test func anEvictingServerIsRefusedUnlessAccepted() async throws {
        let options = LocalRedisOptions(extraArguments: ["--maxmemory-policy", "allkeys-lru"])
        try await withBench(.server(options) { $0.acceptsEviction = true }) { bench in
            var settings = bench.store.configuration
            settings.acceptsEviction = false
            let error = await expectStoreError(.misconfigured) { _ = try await RedisStore(settings, logger: quiet) }
            #expect(error?.message.contains("allkeys-lru") == true)
            try await bench.run("PING")
        }
    }

    @Test func badUrlsAndSettingsAreRefused() async throws {
        _ = await expectStoreError(.misconfigured) { _ = try RedisStore.Configuration(url: "http://secret@host") }
        for change: (inout RedisStore.Configuration) -> Void in [
            { $0.prefix = "a{b" }, { $0.prefix = "" }, { $0.partitions = 0 }, { $0.leaseDuration = .zero },
            { $0.maximumPayloadBytes = 0 },
        ] {
            var settings = try RedisStore.Configuration(url: "unix:///nowhere/redis.sock")
            change(&settings)
            _ = await expectStoreError(.misconfigured) { _ = try await RedisStore(settings, logger: quiet) }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func aFullServerRefusesStartsAndLetsWorkEnd() async throws {
        // A start that is refused for want of memory is not tried again: with this limit it would never end.
        try await withBench(.with { $0.retryDuration = .seconds(3600) }) { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let task = try await worker.begin("order-1", outputs: [.activity(1)])
            let activity = try await worker.activity()
            try await bench.run("CONFIG", "SET", "maxmemory", 1)
            let error = await expectStoreError(.unavailable) { _ = try await bench.store.start(.sample("order-2")) }
            #expect(error?.message.contains("maxmemory") == true)
            #expect(try await bench.store.finish(activity, by: worker.id, outcome: .completed(.none)))
            let next = try await worker.task()
            _ = try await worker.commit(worker.transition(of: next, after: 2, outputs: [.done]))
            #expect(try await bench.store.state(of: "order-1")?.status == .completed)
            #expect(try await bench.store.commit(worker.transition(of: task)) == .conflict)
            try await bench.run("CONFIG", "SET", "maxmemory", 0)
        }
    }

    @Test func aLostServerIsUnavailableAfterTheSetTime() async throws {
        let setup = BenchSetup.with {
            $0.retryDuration = .milliseconds(300)
            $0.redis.commandTimeout = .seconds(2)
        }
        try await withBench(setup) { bench in
            bench.server.terminate()
            let error = await expectStoreError(.unavailable) { _ = try await bench.store.state(of: "order-1") }
            #expect(error != nil)
            try bench.server.restart()
            let state = try await bench.store.state(of: "order-1")
            #expect(state == nil)
        }
    }

    @Test func theClockIsTheServersAndNeverGoesBack() async throws {
        try await withBench { bench in
            var last = bench.store.now
            for _ in 0..<200 {
                let now = bench.store.now
                let parts = try await bench.run("TIME").array
                let server = Int64(try parts[0].int * 1000 + parts[1].int / 1000)
                #expect(now >= last && now.milliseconds <= server && now.milliseconds > server - 60_000)
                last = now
                if Bool.random() { _ = try await bench.store.deliverIgnoringErrors() }
            }
        }
    }
}

extension RedisStore {
    fileprivate func deliverIgnoringErrors() async throws {
        try? await deliver(.signal("x"), to: "nobody", execution: nil, id: nil)
    }
}
