import LocalRedis
import RedisClient
import Testing

@Suite struct DedicatedConnectionTests {
    private func isBlocked(_ client: RedisClient) async throws -> Bool {
        try await client.clientList().contains { $0.contains("cmd=blpop") && $0.contains("flags=b") }
    }

    @Test func blocksWithoutBlockingOthers() async throws {
        try await withRedis { client, _ in
            let dedicated = client.dedicatedConnection(name: "poll")
            async let popped = dedicated.send(RedisCommand("BLPOP", "list", 0), timeout: .seconds(60))
            try await eventually { try await isBlocked(client) }
            _ = try await client.send(RedisCommand("RPUSH", "list", "x"))
            #expect(try await popped.array.map { try $0.string } == ["list", "x"])
            #expect(try await dedicated.send(RedisCommand("BLPOP", "list", "0.01")) == .null)
        }
    }

    /// The server must not hand an element to a caller who left.
    @Test func cancellationClosesAndTheNextCommandWorks() async throws {
        try await withRedis { client, _ in
            let dedicated = client.dedicatedConnection(name: "poll")
            for round in 0..<3 {
                let task = Task { try await dedicated.send(RedisCommand("BLPOP", "list", 0), timeout: .seconds(60)) }
                try await eventually { try await isBlocked(client) }
                task.cancel()
                let error = try await redisError { try await task.value }
                #expect(error.code == .cancelled)
                #expect(error.mayHaveBeenExecuted)
                try await eventually { try await !isBlocked(client) }
                _ = try await client.send(RedisCommand("RPUSH", "list", RedisArgument(round)))
                let popped = try await dedicated.send(RedisCommand("BLPOP", "list", 1))
                #expect(try popped.array.last?.int == round)
            }
        }
    }

    @Test func deadlineClosesToo() async throws {
        try await withRedis { client, _ in
            let dedicated = client.dedicatedConnection(name: "poll")
            try await dedicated.connect()
            let error = try await redisError {
                try await dedicated.send(RedisCommand("BLPOP", "list", 0), timeout: .milliseconds(50))
            }
            #expect(error.code == .timeout)
            #expect(error.mayHaveBeenExecuted)
            try await eventually { try await !isBlocked(client) }
            _ = try await client.send(RedisCommand("RPUSH", "list", "x"))
            #expect(try await dedicated.send(RedisCommand("LPOP", "list")).string == "x")
        }
    }

    @Test func unblockedByTheServer() async throws {
        try await withRedis { client, _ in
            let dedicated = client.dedicatedConnection(name: "poll")
            let id = try await dedicated.send(RedisCommand("CLIENT", "ID")).int
            let task = Task { try await dedicated.send(RedisCommand("BLPOP", "list", 0), timeout: .seconds(60)) }
            try await eventually { try await isBlocked(client) }
            _ = try await client.send(RedisCommand("CLIENT", "UNBLOCK", RedisArgument(id), "ERROR"))
            #expect(try await redisError { try await task.value }.serverCode == "UNBLOCKED")
            #expect(try await dedicated.send(RedisCommand("CLIENT", "ID")).int == id)
        }
    }

    @Test func comesBackAfterClientKill() async throws {
        try await withRedis { client, _ in
            let dedicated = client.dedicatedConnection(name: "poll")
            let task = Task { try await dedicated.send(RedisCommand("BLPOP", "list", 0), timeout: .seconds(60)) }
            try await eventually { try await isBlocked(client) }
            try await client.killOthers()
            #expect(try await redisError { try await task.value }.code == .connectionClosed)
            #expect(try await dedicated.send(RedisCommand("PING")) == .simple("PONG"))
            await dedicated.shutdown()
            #expect(try await redisError { try await dedicated.send(RedisCommand("PING")) }.code == .shutdown)
        }
    }
}
