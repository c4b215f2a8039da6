import LocalRedis
import RedisClient
import Testing

@Suite struct ConnectionTests {
    @Test func absentServer() async throws {
        try await withClient(.test("unix:///tmp/nobody-listens-here.sock")) { client in
            let error = try await redisError { try await client.connect() }
            #expect(error.code == .connectFailed)
            #expect(error.underlying != nil)
            #expect("\(error)".contains("/tmp/nobody-listens-here.sock"))
            let late = try await redisError {
                try await client.send(RedisCommand("PING"), timeout: .milliseconds(50))
            }
            #expect(late.code == .timeout)
            #expect(!late.mayHaveBeenExecuted)
        }
    }

    @Test func passwords() async throws {
        try await withLocalRedis(LocalRedisOptions(password: "right & proper")) { server in
            try await withClient(.test(server.url)) { client in
                try await client.connect()
                #expect(try await client.send(RedisCommand("PING")) == .simple("PONG"))
            }
            for password in ["wrong", nil] {
                var configuration = try RedisConfiguration.test(server.url)
                configuration.password = password
                try await withClient(configuration) { client in
                    for _ in 0..<2 {
                        let error = try await redisError { try await client.connect() }
                        #expect(error.code == .authenticationFailed)
                        #expect(!"\(error)".contains("wrong") || password == nil)
                        let late = try await redisError { try await client.send(RedisCommand("PING")) }
                        #expect(late.code == .authenticationFailed)
                        #expect(!late.mayHaveBeenExecuted)
                    }
                }
            }
            var configuration = try RedisConfiguration.test(server.url)
            try await withClient(configuration) { admin in
                _ = try await admin.send(RedisCommand("ACL", "SETUSER", "ann", "on", ">pw", "~*", "+@all"))
            }
            configuration.username = "ann"
            configuration.password = "pw"
            try await withClient(configuration) { client in
                let name = try await client.send(RedisCommand("ACL", "WHOAMI"))
                #expect(try name.string == "ann")
            }
        }
    }

    @Test func databaseIsSelectedOnEveryConnection() async throws {
        try await withRedis(LocalRedisOptions()) {
            $0.database = 3
        } _: { client, server in
            try await client.set("k", "in three")
            let other = client.dedicatedConnection(name: "other")
            #expect(try await other.send(RedisCommand("GET", "k")).string == "in three")
            try await withClient(.test(server.url)) { zero in
                #expect(try await zero.get("k") == nil)
                try await zero.killOthers()
            }
            try await eventually { (try? await client.get("k")) == "in three" }
        }
    }

    @Test func clientNameIsVisible() async throws {
        try await withRedis(LocalRedisOptions()) {
            $0.clientName = "aloft worker"
        } _: { client, _ in
            try await client.connect()
            let dedicated = client.dedicatedConnection(name: "poll")
            _ = try await dedicated.send(RedisCommand("PING"))
            let list = try await client.clientList()
            #expect(list.contains { $0.contains(" name=aloft-worker ") })
            #expect(list.contains { $0.contains(" name=aloft-worker-poll ") })
        }
    }

    @Test func comesBackAfterClientKill() async throws {
        try await withRedis { client, server in
            try await withClient(.test(server.url)) { admin in
                for round in 0..<5 {
                    try await client.set("k", "\(round)")
                    try await admin.killOthers()
                    // Sent on the old connection it fails as "may have been executed"; on the new one it works.
                    try await eventually { (try? await client.get("k")) == "\(round)" }
                }
            }
        }
    }

    @Test func comesBackAfterKillNineAndRestart() async throws {
        try await withRedis(LocalRedisOptions(persistence: .aofAlways, tcp: true)) { client, server in
            try await client.set("k", "kept")
            server.kill()
            // Sent while nobody listens: waits and goes out over the next connection.
            async let early = client.get("k")
            try server.restart()
            do {
                #expect(try await early == "kept")
            } catch let error as RedisError {
                #expect(error.code == .connectionClosed)
            }
            #expect(try await client.get("k") == "kept")
        }
    }

    @Test func overTCP() async throws {
        try await withLocalRedis(LocalRedisOptions(tcp: true)) { server in
            let port = try #require(server.port)
            try await withClient(.test("redis://localhost:\(port)/1")) { client in
                try await client.set("k", "v")
                #expect(try await client.get("k") == "v")
            }
        }
    }

    /// The process is stopped, its sockets stay open: only the deadline tells.
    @Test func frozenServer() async throws {
        try await withRedis(LocalRedisOptions()) {
            $0.commandTimeout = .milliseconds(200)
        } _: { client, server in
            try await client.set("k", "v")
            server.freeze()
            let error = try await redisError { try await client.get("k") }
            #expect(error.code == .timeout)
            #expect(error.mayHaveBeenExecuted)
            server.thaw()
            #expect(try await client.send(RedisCommand("GET", "k"), timeout: .seconds(20)).string == "v")
        }
    }

    @Test func reconnectOnDemand() async throws {
        try await withRedis { client, _ in
            let before = try await client.send(RedisCommand("CLIENT", "ID")).int
            client.reconnect()
            let after = try await client.send(RedisCommand("CLIENT", "ID")).int
            #expect(before != after)
        }
    }

    @Test func aClientThatIsLetGoClosesItsConnections() async throws {
        try await withRedis { client, server in
            do {
                let short = RedisClient(try .test(server.url), logger: quiet)
                let dedicated = short.dedicatedConnection(name: "d")
                let subscriber = short.subscriber()
                _ = try await short.send(RedisCommand("PING"))
                _ = try await dedicated.send(RedisCommand("PING"))
                _ = try await subscriber.subscribe("c")
            }
            try await eventually { try await client.clientList().count == 1 }
        }
    }
}
