import LocalRedis
import NIOCore
import NIOPosix
import RedisClient
import Testing

@Suite struct ScriptTests {
    private let add = RedisScript(name: "add", source: "return redis.call('INCRBY', KEYS[1], ARGV[1])")
    private let read = RedisScript(name: "read", source: "return redis.call('GET', KEYS[1])")

    private func flush(_ client: RedisClient) async throws {
        _ = try await client.send(RedisCommand("SCRIPT", "FLUSH"))
    }

    @Test func survivesScriptFlush() async throws {
        try await withRedis { client, _ in
            #expect(try await client.run(add, keys: ["n"], arguments: [2]) == .integer(2))
            #expect(try await client.run(add, keys: ["n"], arguments: [3]) == .integer(5))
            try await flush(client)
            // Executed once, not zero times and not twice.
            #expect(try await client.run(add, keys: ["n"], arguments: [5]) == .integer(10))
            #expect(try await client.run(read, keys: ["n"], arguments: []).int == 10)
        }
    }

    @Test func digestIsUsedOnceItIsKnown() async throws {
        try await withRedis { client, _ in
            for _ in 0..<5 { _ = try await client.run(add, keys: ["n"], arguments: [1]) }
            let stats = try await client.send(RedisCommand("INFO", "commandstats")).string
            #expect(stats.contains("cmdstat_evalsha:calls=4"))
            #expect(stats.contains("cmdstat_eval:calls=1"))
        }
    }

    @Test func pipelineSurvivesScriptFlush() async throws {
        try await withRedis { client, _ in
            let calls =
                (1...3).map { RedisScriptCall(add, keys: ["n"], arguments: [RedisArgument($0)]) }
                + [RedisScriptCall(read, keys: ["n"], arguments: [])]
            #expect(try await client.runAll(calls).map { try $0.int } == [1, 3, 6, 6])
            try await flush(client)
            #expect(try await client.runAll(calls).map { try $0.int } == [7, 9, 12, 12])
            #expect(try await client.runAll([]) == [])
        }
    }

    @Test func flushedUnderLoad() async throws {
        try await withRedis { client, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<16 {
                    group.addTask {
                        for _ in 0..<50 { _ = try await client.run(add, keys: ["n"], arguments: [1]) }
                    }
                    group.addTask {
                        for _ in 0..<10 {
                            let call = RedisScriptCall(add, keys: ["n"], arguments: [1])
                            for value in try await client.runAll([call, call]) { _ = try value.get() }
                        }
                    }
                }
                group.addTask {
                    for _ in 0..<50 { try await flush(client) }
                }
                try await group.waitForAll()
            }
            #expect(try await client.get("n") == "\(16 * 50 + 16 * 20)")
        }
    }

    @Test func errorsOfScripts() async throws {
        try await withRedis { client, _ in
            let custom = RedisScript(name: "custom", source: "return redis.error_reply('FENCED version is 3')")
            for _ in 0..<2 {
                let error = try await redisError { try await client.run(custom, keys: [], arguments: []) }
                #expect(error.serverCode == "FENCED")
                #expect(error.mayHaveBeenExecuted)
            }
            let broken = RedisScript(name: "broken", source: "this is not Lua")
            let error = try await redisError { try await client.run(broken, keys: [], arguments: []) }
            #expect(error.serverCode == "ERR")
            let values = try await client.runAll([
                RedisScriptCall(custom, keys: [], arguments: []), RedisScriptCall(add, keys: ["n"], arguments: [1]),
            ])
            #expect(throws: RedisError.self) { try values[0].get() }
            #expect(values[1] == .integer(1))
        }
    }

    /// A loop of its own can run commands and scripts without a thread of the global pool.
    @Test func futuresOnTheirOwnLoop() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        try await withLocalRedis { server in
            try await withClient(.test(server.url), eventLoop: loop) { client in
                #expect(client.eventLoop === loop)
                let add = add
                let result = try await loop.flatSubmit {
                    client.sendFuture(RedisCommand("SET", "n", 1)).flatMap { _ in
                        loop.assertInEventLoop()
                        return client.runFuture(add, keys: ["n"], arguments: [1])
                    }.flatMap { _ in
                        client.sendFuture(RedisCommand("SCRIPT", "FLUSH"))
                    }.flatMap { _ in
                        client.runFuture(add, keys: ["n"], arguments: [1])
                    }
                }.get()
                #expect(result == .integer(3))
                let failed = client.sendFuture(RedisCommand("LPUSH", "n", "x"))
                #expect(try await redisError { try await failed.get() }.serverCode == "WRONGTYPE")
                #expect(try await client.pipelineFuture([.init("GET", "n"), .init("PING")]).get().count == 2)
            }
        }
        try await group.shutdownGracefully()
    }
}
