import AloftClient
import AloftInsight
import AloftRedis
import Foundation
import LocalRedis
import RedisClient
import Testing

/// Commands that run something.
@Suite struct ServingTests {
    @Test("dashboard serves the API, and metrics for Prometheus, until it is told to stop")
    func dashboard() async throws {
        try await withStand { stand in
            try await stand.start("order-1")
            let server = try Server(["dashboard", "--port", "0"], environment: ["ALOFT_REDIS_URL": stand.url])
            defer { server.stop() }
            let address = try await server.address()
            let (status, text) = try await get("\(address)api/v1/instances")
            #expect(status == 200 && text.contains("\"order-1\""))
            let metrics = try await get("\(address)metrics").text
            #expect(metrics.contains("aloft_queue_tasks{") && metrics.contains("aloft_redis_round_trips_total "))
            #expect(await server.end() == 0)
        }
    }

    @Test("dashboard takes tokens of a file, and waits for a fleet that is not there yet")
    func tokens() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "aloft-\(UUID().uuidString).tokens")
        defer { try? FileManager.default.removeItem(at: file) }
        try "# who\nada admin a-secret-of-the-tests\n".write(to: file, atomically: true, encoding: .utf8)
        try await withLocalRedis { redis in
            let server = try Server(
                ["dashboard", "--tokens-file", file.path],
                environment: ["ALOFT_REDIS_URL": redis.url, "ALOFT_DASHBOARD_PORT": "0"]
            )
            defer { server.stop() }
            #expect(try await server.complaint().contains("waiting for the first worker"))
            let store = try await RedisStore.quiet(redis.url)
            let address = try await server.address()
            #expect(try await get("\(address)api/v1/queues").status == 401)
            #expect(try await get("\(address)api/v1/queues", token: "a-secret-of-the-tests").status == 200)
            await store.shutdown()
            #expect(await server.end() == 0)
        }
    }

    @Test(
        "dashboard does not open itself to everyone by mistake",
        arguments: [
            (["--host", "0.0.0.0"], "it has no tokens"), (["--tokens-file", "/dev/null"], "there is no token in"),
            (["--behind-tls"], "has no tokens"), (["--allowed-host", "aloft.example"], "has no tokens"),
            (["--tokens-file", "/nowhere"], "cannot be read"), (["--port", "99999"], "whole number from 0 to 65535"),
        ]
    )
    func careful(_ arguments: [String], _ complaint: String) async throws {
        try await withStand { stand in
            let outcome = try await runAloft(["dashboard"] + arguments, environment: ["ALOFT_REDIS_URL": stand.url])
            #expect([66, 78].contains(outcome.status) && outcome.complaints.contains(complaint), "\(outcome)")
        }
    }

    @Test(
        "tokens that were given and are none do not open the dashboard to everyone",
        arguments: [
            ["ALOFT_DASHBOARD_TOKENS": ""], ["ALOFT_DASHBOARD_TOKENS": ","], ["ALOFT_DASHBOARD_TOKENS_FILE": ""],
            ["ALOFT_DASHBOARD_TOKENS_FILE": "", "ALOFT_DASHBOARD_TOKENS": ""],
        ]
    )
    func noTokens(_ environment: [String: String]) async throws {
        let outcome = try await runAloft(["dashboard", "--port", "0"], environment: environment)
        #expect(outcome.status == 78 && outcome.complaints.contains("holds no token"), "\(outcome)")
    }

    @Test("bench tells how fast it went, and leaves nothing behind")
    func bench() async throws {
        try await withLocalRedis { server in
            let environment = ["ALOFT_REDIS_URL": server.url(as: "worker")]
            let outcome = try await runAloft(
                ["bench", "--instances", "50", "--activities", "2"],
                environment: environment
            )
            #expect(outcome.status == 0 && outcome.lines.count == 2, "\(outcome)")
            #expect(outcome.lines[0].hasPrefix("50 instances with 2 activities each, 50 at a time"))
            struct Report: Decodable { var instances: Int, instancesPerSecond: Double }
            let json = try await runAloft(["bench", "--instances", "20", "--json"], environment: environment)
            let report = try json.data(Report.self, kind: "bench")
            #expect(report.instances == 20 && report.instancesPerSecond > 0)
            let redis = RedisClient(try RedisConfiguration(url: server.url), logger: .quiet)
            #expect(try await redis.send(RedisCommand("DBSIZE")) == .integer(0))
            await redis.shutdown()
        }
    }

    @Test("bench removes what it made when it is interrupted")
    func interruptedBench() async throws {
        try await withLocalRedis { server in
            let bench = try Server(
                ["bench", "--instances", "1000000"],
                environment: ["ALOFT_REDIS_URL": server.url(as: "worker")]
            )
            defer { bench.stop() }
            let redis = RedisClient(try RedisConfiguration(url: server.url), logger: .quiet)
            while try await redis.send(RedisCommand("DBSIZE")).int < 100 { await Task.yield() }
            #expect(await bench.end() == 130)
            #expect(try await redis.send(RedisCommand("DBSIZE")) == .integer(0))
            await redis.shutdown()
        }
    }

    @Test("dashboard says so when its port is taken")
    func takenPort() async throws {
        try await withStand { stand in
            let server = try Server(["dashboard", "--port", "0"], environment: ["ALOFT_REDIS_URL": stand.url])
            defer { server.stop() }
            let port = try #require(URL(string: try await server.address())?.port)
            let outcome = try await stand.aloft("dashboard", "--port", "\(port)")
            #expect(
                outcome.status == 69 && outcome.complaints.contains("cannot serve at 127.0.0.1:\(port)"),
                "\(outcome)"
            )
        }
    }

    @Test("version and help need no Redis; completions are there for each shell")
    func plain() async throws {
        struct Version: Decodable { var version: String, apiVersion: Int }
        let version = try await aloft("version", "--json").data(Version.self, kind: "version")
        #expect(version.apiVersion == InsightJSON.version)
        #expect(try await aloft("version").output.hasPrefix("aloft \(version.version), "))
        #expect(try await aloft("--version").output == "\(version.version)\n")
        #expect(try await aloft("--help").output.contains("STEERING"))
        for shell in ["bash", "zsh", "fish"] {
            let script = try await aloft("--generate-completion-script", shell)
            #expect(script.status == 0 && script.output.contains("timed-out") && script.output.contains("terminate"))
        }
    }
}
