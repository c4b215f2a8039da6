import AloftCore
import AloftRedis
import RedisClient
import Testing

/// What is kept of an instance beside its history does not grow for as long as it lives.
@Suite struct GrowthTests {
    @Test func deliveryIDsAreForgottenAfterAWeek() async throws {
        try await withBench { bench in
            _ = try await bench.store.start(.sample("order-1"))
            let now = bench.store.now.milliseconds
            let week: Int64 = 7 * 24 * 3_600_000
            let delivered: RedisArgument = "{aloft:0}:d:order-1"
            for (id, age) in [("old", week + 60_000), ("older", week + 120_000), ("recent", week - 60_000)] {
                _ = try await bench.run("ZADD", delivered, RedisArgument(now - age), RedisArgument(id))
            }
            try await bench.store.deliver(.signal("x"), to: "order-1", execution: nil, id: "new")
            let left = try await bench.run("ZRANGE", delivered, 0, -1).array.map { try $0.string }
            #expect(left == ["recent", "new"])
            try await bench.store.deliver(.signal("y"), to: "order-1", execution: nil, id: "recent")
            #expect(try await bench.integer("LLEN", "{aloft:0}:in:order-1") == 2, "the start and the first signal")
        }
    }

    @Test func aBoundedNumberOfDeliveryIDsIsKept() async throws {
        try await withBench { bench in
            _ = try await bench.store.start(.sample("order-1"))
            let now = bench.store.now.milliseconds
            let fill = "for k = 1, 100005 do redis.call('ZADD', KEYS[1], ARGV[1] - 200000 + k, 'id-' .. k) end"
            _ = try await bench.run("EVAL", RedisArgument(fill), 1, "{aloft:0}:d:order-1", RedisArgument(now))
            for number in 1...3 {
                try await bench.store.deliver(.signal("x"), to: "order-1", execution: nil, id: "new-\(number)")
            }
            #expect(try await bench.integer("ZCARD", "{aloft:0}:d:order-1") == DeliveryMemory.count)
            #expect(try await bench.text("ZSCORE", "{aloft:0}:d:order-1", "id-1") == nil, "the oldest go")
            #expect(try await bench.text("ZSCORE", "{aloft:0}:d:order-1", "new-3") != nil)
        }
    }

    @Test func storesThatNoLongerWaitAreForgotten() async throws {
        try await withBench { bench in
            _ = try await bench.store.start(.sample("order-1"))
            let now = bench.store.now.milliseconds
            let minute: Int64 = 60_000
            let gone = (0..<200).map { "gone\($0):\(now - 31 * minute)" }
            let stored = (gone + ["there:\(now - 29 * minute)"]).joined(separator: ",")
            _ = try await bench.run("HSET", "{aloft:0}:i:order-1", "v", RedisArgument(stored))
            let waiting = Task { try await bench.store.completion(of: "order-1") }
            defer { waiting.cancel() }
            try await eventually("it waits") {
                try await bench.text("HGET", "{aloft:0}:i:order-1", "v") != stored
            }
            let left = try #require(try await bench.text("HGET", "{aloft:0}:i:order-1", "v")).split(separator: ",")
            #expect(left.count == 2)
            #expect(left.first == "there:\(now - 29 * minute)")
        }
    }
}
