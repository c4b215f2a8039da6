import LocalRedis
import RedisClient
import Testing

@Suite struct CommandTests {
    /// Each of 128 tasks gets its own replies, in its own order, over the one connection.
    @Test func pipeliningUnderManyTasks() async throws {
        try await withRedis { client, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<128 {
                    group.addTask {
                        for step in 1...100 {
                            let reply = try await client.send(RedisCommand("INCR", "count:\(task)"))
                            #expect(reply == .integer(Int64(step)))
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await client.clientList().count == 1)
        }
    }

    @Test func pipelineKeepsOrderAndErrorsInside() async throws {
        try await withRedis { client, _ in
            let values = try await client.pipeline([
                RedisCommand("SET", "k", "v"), RedisCommand("INCR", "k"), RedisCommand("LPUSH", "k", "x"),
                RedisCommand("GET", "k"), RedisCommand("GET", "none"),
            ])
            #expect(values.count == 5)
            #expect(values[0] == .simple("OK"))
            guard case .error(let first) = values[1], case .error(let second) = values[2] else {
                Issue.record("no errors")
                return
            }
            #expect(first.code == "ERR" && second.code == "WRONGTYPE")
            #expect(values[3] == .bulk([UInt8(ascii: "v")]))
            #expect(values[4] == .null)
            #expect(try await client.pipeline([]) == [])
        }
    }

    @Test func wrongTypeIsTyped() async throws {
        try await withRedis { client, server in
            try await client.set("k", "v")
            let error = try await redisError { try await client.send(RedisCommand("LPUSH", "k", "x")) }
            #expect(error.code == .server)
            #expect(error.serverCode == "WRONGTYPE")
            #expect(error.address == .unix(path: server.socketPath))
            #expect(!error.mayHaveBeenExecuted)
        }
    }

    @Test func outOfMemoryIsTyped() async throws {
        try await withRedis(LocalRedisOptions(extraArguments: ["--maxmemory", "100kb"])) { client, _ in
            let error = try await redisError { try await client.set("k", String(repeating: "x", count: 1_000)) }
            #expect(error.serverCode == "OOM")
            let script = RedisScript(name: "write", source: "return redis.call('SET', KEYS[1], 'x')")
            let inScript = try await redisError { try await client.run(script, keys: ["k"], arguments: []) }
            #expect(inScript.serverCode == "OOM")
        }
    }

    @Test func largeValues() async throws {
        try await withRedis { client, _ in
            let large = [UInt8](repeating: 7, count: 20 << 20)
            _ = try await client.send(RedisCommand("SET", "large", RedisArgument(large)))
            async let small = client.send(RedisCommand("PING"))
            #expect(try await client.send(RedisCommand("GET", "large")).bytes == large)
            #expect(try await small == .simple("PONG"))
        }
    }

    @Test func replyOverTheLimit() async throws {
        try await withRedis(LocalRedisOptions()) {
            $0.maximumReplyBytes = 1_000
        } _: { client, _ in
            _ = try await client.send(RedisCommand("SET", "large", RedisArgument([UInt8](repeating: 7, count: 5_000))))
            let error = try await redisError { try await client.send(RedisCommand("GET", "large")) }
            #expect(error.code == .replyTooLarge)
            #expect(try await client.send(RedisCommand("PING")) == .simple("PONG"))
        }
    }

    /// Callers that leave under load cost nobody else's replies.
    @Test func cancellationUnderLoad() async throws {
        try await withRedis { client, _ in
            await withTaskGroup(of: Void.self) { group in
                for task in 0..<64 {
                    let worker = Task {
                        for step in 0..<200 {
                            let text = "\(task):\(step)"
                            do {
                                let reply = try await client.send(RedisCommand("ECHO", RedisArgument(text)))
                                #expect(try reply.string == text)
                            } catch let error as RedisError {
                                #expect(error.code == .cancelled)
                                return
                            }
                        }
                    }
                    group.addTask {
                        if task % 2 == 0 {
                            for _ in 0..<task { await Task.yield() }
                            worker.cancel()
                        }
                        _ = await worker.result
                    }
                }
            }
            let last = try await client.send(RedisCommand("ECHO", "end"))
            #expect(try last.string == "end")
            #expect(try await client.clientList().count == 1)
        }
    }

    @Test func cancelledBeforeItStarts() async throws {
        try await withRedis { client, _ in
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await client.send(RedisCommand("INCR", "k"))
            }
            let error = try await redisError { try await task.value }
            #expect(error.code == .cancelled)
        }
    }

    @Test func shutdownFailsWhatIsPending() async throws {
        try await withRedis { client, _ in
            let blocked = client.dedicatedConnection(name: "blocked")
            let task = Task { try await blocked.send(RedisCommand("BLPOP", "nothing", 0)) }
            try await eventually { try await client.clientList().contains { $0.contains("cmd=blpop") } }
            await client.shutdown()
            let error = try await redisError { try await task.value }
            #expect(error.code == .shutdown)
            #expect(error.mayHaveBeenExecuted)
            let late = try await redisError { try await client.send(RedisCommand("PING")) }
            #expect(late.code == .shutdown)
            #expect(!late.mayHaveBeenExecuted)
            let other = client.dedicatedConnection(name: "late")
            #expect(try await redisError { try await other.send(RedisCommand("PING")) }.code == .shutdown)
            await #expect(throws: RedisError.self) { try await client.subscriber().subscribe("x") }
            await client.shutdown()
        }
    }
}
