import AloftClient
import AloftCore
import AloftRedis
import HTTPTypes
import LocalRedis
import Logging
import RedisClient
import Testing

/// However many instances there are, a page reads as much as before.
@Suite("Scale", .timeLimit(.minutes(2))) struct ScaleTests {
    /// Pages, and how many calls of scripts each takes at most. Conditions that few meet are looked for among as many instances
    /// as a page may look at, so both fleets are larger than that.
    private static let pages: [(path: String, mostCalls: Int)] = [
        ("/", 8), ("/instances", 4), ("/instances?status=completed", 4), ("/instances?status=failed", 4),
        ("/instances?status=running", 12), ("/instances?workflow=Rare", 12), ("/instances?prefix=order-0", 4),
        ("/instances?before=2026-01-01T01:00", 4), ("/instance?id=order-0000107", 8), ("/quarantine", 4),
        ("/queues", 2), ("/workers", 2),
    ]
    private static let (small, large) = (9_000, 18_000)

    /// Writes what finished and open instances look like, without going through their lives: every hundredth runs, the oldest
    /// fifty have failed, one is in quarantine and one is of a workflow that is rare.
    private static let fill = """
        local base, now = '{aloft:0}:', tonumber(redis.call('TIME')[1]) * 1000
        for number = tonumber(ARGV[1]), tonumber(ARGV[2]) - 1 do
          local name, begun = string.format('order-%07d', number), 1767225600000 + number * 1000
          local status = number < 50 and 'f' or number % 100 == 7 and 'r' or 'c'
          redis.call('HSET', base .. 'i:' .. name, 'x', 'e' .. number, 'w', number == 60 and 'Rare' or 'Pay', 'q', 'orders',
            's', status, 'n', 0, 'c', begun)
          redis.call('ZADD', base .. 'instances', begun, name)
          if status ~= 'r' then
            redis.call('HSET', base .. 'i:' .. name, 'f', begun + 5000)
            redis.call('ZADD', base .. 'expiring:' .. status, now + 86400000 + number, name)
          elseif number == 107 then
            redis.call('HSET', base .. 'i:' .. name, 'p', '3:1:quarantined: 3 workers died with it in hand')
            redis.call('SADD', base .. 'quarantined', name)
          end
        end
        """

    /// Calls of scripts, and commands that these have run.
    private struct Cost: Equatable {
        var calls = 0
        var commands = 0
    }

    private func cost(_ redis: RedisClient, _ body: () async throws -> Void) async throws -> Cost {
        _ = try await redis.send(RedisCommand("CONFIG", "RESETSTAT"))
        try await body()
        let text = try await redis.send(RedisCommand("INFO", "commandstats")).string
        var cost = Cost()
        for line in text.split(whereSeparator: \.isNewline) {
            guard let match = line.firstMatch(of: /cmdstat_([^:]+):calls=(\d+)/), let count = Int(match.2) else {
                continue
            }
            switch match.1 {
            case "evalsha", "evalsha_ro", "eval": cost.calls += count
            // Those of this test, and of connections.
            case "info", "config|resetstat", "ping": break
            default: cost.commands += count
            }
        }
        return cost
    }

    private func costs(_ browser: Browser, _ redis: RedisClient) async throws -> [Cost] {
        var costs: [Cost] = []
        for (path, _) in Self.pages {
            // Scripts are loaded, and what is asked once is known.
            _ = try await browser.get(path)
            let cost = try await cost(redis) {
                let page = try await browser.get(path)
                #expect(page.status == .ok, "\(path)")
            }
            costs.append(cost)
        }
        return costs
    }

    @Test("a page takes no more of Redis with twice as many instances")
    func pages() async throws {
        try await withLocalRedis { server in
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            // The first to come to an empty Redis has to be allowed to write.
            await (try await RedisStore(.init(url: server.storeURL), logger: logger)).shutdown()
            let store = try await RedisStore(.init(url: server.url(as: "reader")), logger: logger)
            let redis = RedisClient(try RedisConfiguration(url: server.url), logger: logger)
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await look(store, redis))
            } catch {
                outcome = .failure(error)
            }
            await redis.shutdown()
            await store.shutdown()
            try outcome.get()
        }
    }

    private func look(_ store: RedisStore, _ redis: RedisClient) async throws {
        @Sendable func fill(_ from: Int, _ to: Int) async throws {
            _ = try await redis.send(RedisCommand("EVAL", .init(Self.fill), "0", .init(from), .init(to)))
        }
        try await withDashboard(try await Stage(), WorkflowClient(store: store)) { browser async throws in
            try await fill(0, Self.small)
            let before = try await costs(browser, redis)
            try await fill(Self.small, Self.large)
            let after = try await costs(browser, redis)
            for (index, page) in Self.pages.enumerated() {
                #expect(after[index] == before[index], "\(page.path)")
                #expect(after[index].calls > 0 && after[index].calls <= page.mostCalls, "\(page.path): \(after[index])")
                #expect(after[index].commands <= 10_000, "\(page.path): \(after[index])")
            }
            #expect(try await browser.get("/").text.contains("17,771"))
            #expect(try await browser.get("/quarantine").text.contains("order-0000107"))
            #expect(try await browser.get("/instances?status=failed").text.contains("order-0000049"))
        }
    }
}
