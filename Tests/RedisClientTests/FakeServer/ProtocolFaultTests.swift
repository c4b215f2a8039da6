import RedisClient
import Testing

@Suite struct ProtocolFaultTests {
    @Test func replySplitAtEveryByte() async throws {
        let reply = Array("*2\r\n$5\r\nhello\r\n:7\r\n".utf8)
        try await withFakeServer(.init { _, _ in .pieces(reply.map { [$0] }) }) { client, _ in
            for _ in 0..<20 {
                let value = try await client.send(RedisCommand("ANY"))
                #expect(value == .array([.bulk(Array("hello".utf8)), .integer(7)]))
            }
        }
    }

    @Test func severalRepliesInOneRead() async throws {
        try await withFakeServer(.init { _, words in words[0] == "LAST" ? .reply(":1\r\n:2\r\n:3\r\n") : .silence }) {
            client,
            _ in
            let values = try await client.pipeline([RedisCommand("A"), RedisCommand("B"), RedisCommand("LAST")])
            #expect(values == [.integer(1), .integer(2), .integer(3)])
        }
    }

    @Test func garbageClosesTheConnection() async throws {
        try await withFakeServer(.init { number, _ in .reply(number == 1 ? "what?\r\n" : "+OK\r\n") }) {
            client,
            server in
            let error = try await redisError { try await client.send(RedisCommand("ANY")) }
            #expect(error.code == .protocolViolation)
            #expect(error.mayHaveBeenExecuted)
            #expect(error.address == .tcp(host: "127.0.0.1", port: server.port))
            #expect(try await client.send(RedisCommand("ANY")) == .simple("OK"))
            #expect(server.connections == 2)
        }
    }

    @Test func garbageInsteadOfAHandshake() async throws {
        try await withFakeServer(answersHandshake: false, .init { _, _ in .reply("HTTP/1.1 400 Bad Request\r\n\r\n") })
        { client, _ in
            let error = try await redisError { try await client.connect() }
            #expect(error.code == .protocolViolation)
        }
    }

    @Test func replyThatNobodyAskedFor() async throws {
        try await withFakeServer(.init { number, _ in .reply(number == 1 ? "+OK\r\n+OK\r\n" : "+OK\r\n") }) {
            client,
            server in
            #expect(try await client.send(RedisCommand("ANY")) == .simple("OK"))
            try await eventually { server.connections == 2 }
            #expect(try await client.send(RedisCommand("ANY")) == .simple("OK"))
        }
    }

    @Test func oversizeBulkIsRefused() async throws {
        try await withFakeServer(.init { number, _ in .reply(number == 1 ? "$999999999\r\n" : "+OK\r\n") }) {
            $0.maximumReplyBytes = 1_000
        } _: { client, _ in
            let error = try await redisError { try await client.send(RedisCommand("ANY")) }
            #expect(error.code == .replyTooLarge)
            #expect(try await client.send(RedisCommand("ANY")) == .simple("OK"))
        }
    }

    @Test func nestingTooDeep() async throws {
        let deep = String(repeating: "*1\r\n", count: 20) + ":1\r\n"
        try await withFakeServer(.init { _, _ in .reply(deep) }) { client, _ in
            let error = try await redisError { try await client.send(RedisCommand("ANY")) }
            #expect(error.code == .protocolViolation)
        }
    }

    @Test func closedInMidReply() async throws {
        try await withFakeServer(
            .init { number, _ in
                number == 1 ? .replyThenClose("$10\r\nhalf") : .reply("+OK\r\n")
            }
        ) { client, _ in
            let error = try await redisError { try await client.send(RedisCommand("ANY")) }
            #expect(error.code == .connectionClosed)
            #expect(error.mayHaveBeenExecuted)
            #expect(try await client.send(RedisCommand("ANY")) == .simple("OK"))
        }
    }

    /// A socket that takes bytes and never answers is noticed by the deadline and replaced.
    @Test func halfOpenSocketIsReplaced() async throws {
        try await withFakeServer(.init { number, _ in number == 1 ? .silence : .reply("+OK\r\n") }) {
            $0.commandTimeout = .milliseconds(100)
        } _: { client, server in
            try await client.connect()
            let error = try await redisError { try await client.send(RedisCommand("ANY")) }
            #expect(error.code == .timeout)
            #expect(error.mayHaveBeenExecuted)
            try await eventually { server.connections == 2 }
            #expect(try await client.send(RedisCommand("ANY"), timeout: .seconds(10)) == .simple("OK"))
        }
    }

    @Test func handshakeThatNeverEnds() async throws {
        try await withFakeServer(answersHandshake: false, .init { _, _ in .silence }) {
            $0.connectTimeout = .milliseconds(50)
        } _: { client, server in
            let error = try await redisError { try await client.connect() }
            #expect(error.code == .connectFailed)
            // A command keeps trying until its own deadline and was certainly not sent.
            let late = try await redisError { try await client.send(RedisCommand("ANY"), timeout: .milliseconds(300)) }
            #expect(late.code == .timeout)
            #expect(!late.mayHaveBeenExecuted)
            #expect((late.underlying as? RedisError)?.code == .connectFailed)
            #expect(server.connections > 2)
        }
    }

    /// A late reply belongs to the one who left, and not to the next one.
    @Test func lateReplyIsDropped() async throws {
        try await withFakeServer(
            .init { _, words in
                switch words[0] {
                case "SLOW": .silence
                case "GO": .reply(":1\r\n:2\r\n")
                default: .reply(":3\r\n")
                }
            }
        ) { client, server in
            try await client.connect()
            let error = try await redisError { try await client.send(RedisCommand("SLOW"), timeout: .milliseconds(20)) }
            #expect(error.code == .timeout)
            #expect(try await client.send(RedisCommand("GO")) == .integer(2))
            #expect(try await client.send(RedisCommand("OTHER")) == .integer(3))
            #expect(server.connections == 1)
        }
    }

    @Test func tooManyPendingCommands() async throws {
        try await withFakeServer(.init { _, words in words[0] == "GO" ? .reply(":1\r\n:2\r\n:3\r\n") : .silence }) {
            $0.maximumPendingCommands = 3
        } _: { client, server in
            try await client.connect()
            async let two = client.pipeline([RedisCommand("A"), RedisCommand("B")])
            try await eventually { server.commands.contains("B") }
            let error = try await redisError { try await client.pipeline([RedisCommand("C"), RedisCommand("D")]) }
            #expect(error.code == .tooManyPendingCommands)
            #expect(!error.mayHaveBeenExecuted)
            #expect(try await client.send(RedisCommand("GO")) == .integer(3))
            #expect(try await two == [.integer(1), .integer(2)])
            // All room is given back.
            #expect(try await client.pipeline([.init("A"), .init("B"), .init("GO")]).count == 3)
        }
    }

    @Test func commandsThatCannotShareAConnection() async throws {
        try await withFakeServer(.init { _, _ in .reply("+OK\r\n") }) { client, _ in
            let commands = [
                RedisCommand("subscribe", "x"), RedisCommand("MONITOR"), RedisCommand("CLIENT", "REPLY", "OFF"),
                RedisCommand(arguments: []),
            ]
            for command in commands {
                let error = try await redisError { try await client.send(command) }
                #expect(error.code == .invalidCommand)
            }
        }
    }

    @Test func argumentsOnTheWire() async throws {
        try await withFakeServer(.init { _, words in .reply("+\(words.joined(separator: "|"))\r\n") }) { client, _ in
            let number = 17
            let command = RedisCommand(
                "ECHO",
                "ü",
                "",
                0,
                -9,
                "n\(number)",
                RedisArgument(Int64.min),
                RedisArgument(Int.max),
                RedisArgument([0x41, 0x42])
            )
            let reply = try await client.send(command).string
            #expect(reply == "ECHO|ü||0|-9|n17|-9223372036854775808|9223372036854775807|AB")
        }
    }
}
