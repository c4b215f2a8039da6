import RedisClient
import Testing

@Suite struct URLTests {
    @Test(arguments: [
        ("redis://localhost", RedisAddress.tcp(host: "localhost", port: 6379)),
        ("redis://localhost/", .tcp(host: "localhost", port: 6379)),
        ("REDIS://example.org:7000", .tcp(host: "example.org", port: 7000)),
        ("redis://[::1]:7001/2", .tcp(host: "::1", port: 7001)),
        ("redis://[fe80::1]", .tcp(host: "fe80::1", port: 6379)),
        ("unix:///tmp/a%20b.sock", .unix(path: "/tmp/a b.sock")),
        ("redis+unix:///run/redis.sock?db=3", .unix(path: "/run/redis.sock")),
    ])
    func addresses(url: String, address: RedisAddress) throws {
        #expect(try RedisConfiguration(url: url).address == address)
    }

    @Test func sentinels() throws {
        let plain = try RedisConfiguration(url: "redis+sentinel://ann:pw@one:1,[::1],two/orders/3?sentinel_password=sp")
        let sentinels: [RedisAddress] = [
            .tcp(host: "one", port: 1), .tcp(host: "::1", port: 26_379), .tcp(host: "two", port: 26_379),
        ]
        #expect(plain.address == .sentinel(master: "orders", sentinels: sentinels))
        #expect(plain.username == "ann" && plain.password == "pw" && plain.database == 3)
        #expect(plain.sentinelPassword == "sp" && plain.sentinelUsername == nil && plain.tls == nil)
        #expect(!"\(plain)".contains("pw") && !"\(plain)".contains("sp\""))
        #expect(try RedisConfiguration(url: "rediss+sentinel://one/orders").tls == RedisTLSConfiguration())
        for url in ["redis+sentinel://one", "redis+sentinel://one,/orders", "redis+sentinel:///orders"] {
            #expect(throws: RedisError.self) { try RedisConfiguration(url: url) }
        }
    }

    @Test func everyPart() throws {
        let plain = try RedisConfiguration(url: "redis://ann:p%40ss%3Aw%2Ford@host:1234/5")
        #expect(plain.username == "ann")
        #expect(plain.password == "p@ss:w/ord")
        #expect(plain.database == 5)
        #expect(plain.tls == nil)

        let secure = try RedisConfiguration(url: "rediss://:secret@host")
        #expect(secure.username == nil)
        #expect(secure.password == "secret")
        #expect(secure.tls == RedisTLSConfiguration())
        #expect(secure.tls?.verification == .full)

        let socket = try RedisConfiguration(url: "unix:///s?db=7&password=a%26b&user=bob")
        #expect(socket.database == 7)
        #expect(socket.password == "a&b")
        #expect(socket.username == "bob")

        let bare = try RedisConfiguration(url: "redis://h")
        #expect(bare.username == nil && bare.password == nil && bare.database == 0)
    }

    @Test(arguments: [
        "", "localhost:6379", "http://host", "redis:/host", "redis://", "redis://:6379", "redis://host:0",
        "redis://host:65536", "redis://host:port", "redis://host:+1", "redis://::1", "redis://[::1", "redis://[::1]x",
        "redis://host/x", "redis://host/-1", "redis://host/1/2", "redis://host?nonsense=1", "redis://host?db=x",
        "redis://ho st", "redis://host#1", "redis://a:%zz@host", "redis://a:%f@host", "redis://a:%ff@host",
        "redis://a:%00@host", "unix://relative/path", "unix:", "unix:///" + String(repeating: "x", count: 200),
        "redis://:se/cret@host", "redis://:sec?ret@host",
    ])
    func badInput(url: String) throws {
        let error = try #require(throws: RedisError.self) { try RedisConfiguration(url: url) }
        #expect(error.code == .invalidConfiguration)
    }

    /// A mistyped URL may have the password in any place, so no part of it may appear.
    @Test(arguments: [
        "redis://:hunter2@host:bad", "redis://:hun/ter2@host", "redis://:hunter2", "hunter2", "hunter2://x",
        "redis://host/hunter2", "redis://host?hunter2=1", "redis://host?db=hunter2", "redis://:hunter2%@host",
    ])
    func errorsKeepTheSecret(url: String) throws {
        let error = try #require(throws: RedisError.self) { try RedisConfiguration(url: url) }
        #expect(!"\(error)".contains("hunter") && !"\(error)".contains("ter2"))
    }

    @Test func printingKeepsTheSecret() throws {
        let configuration = try RedisConfiguration(url: "redis://ann:hunter2@host")
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(configuration)", String(reflecting: configuration), dumped] {
            #expect(!text.contains("hunter2"))
            #expect(text.contains("host"))
        }
    }

    @Test func backoffGrowsToItsMaximum() {
        let backoff = RedisBackoff(initial: .milliseconds(10), maximum: .milliseconds(50), jitter: 0.5)
        let full = (1...5).map { backoff.delay(afterFailures: $0, random: 0) }
        #expect(full == [10, 20, 40, 50, 50].map { .milliseconds($0) })
        #expect(backoff.delay(afterFailures: 1, random: 0.999) > .milliseconds(4))
        #expect(backoff.delay(afterFailures: 1, random: 0.999) < .milliseconds(6))
        #expect(backoff.delay(afterFailures: .max, random: 0) == .milliseconds(50))
        let none = RedisBackoff(initial: .zero, maximum: .zero, jitter: 9)
        #expect(none.delay(afterFailures: 10, random: 7) == .zero)
    }
}
