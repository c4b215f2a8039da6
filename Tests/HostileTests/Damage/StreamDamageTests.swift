import Aloft
import AloftRedis
import RedisClient
import Testing

/// Entries, members and messages in our streams, sets and channels that nobody of ours has written.
@Suite("Garbage in queues and sets") struct StreamDamageTests {
    private static let garbage: [[RedisArgument]] = [
        ["foo", "bar"], ["", ""], ["i", "nobody"], ["i", "nobody", "x", "nothing"],
        ["i", "nobody", "x", "nothing", "c", "1"],
        ["i", "nobody", "x", "nothing", "c", "1", "a", "1", "n", "1", "b", ""],
        ["i", "", "x", "", "c", "-5", "a", "-9223372036854775808", "n", "-9223372036854775808", "b", "\u{1}@"],
        ["i", "one", "x", "nothing", "c", "99999999999999999999", "a", "x", "n", "", "b", "\u{1}\u{40}"],
        ["i", RedisArgument([0xff, 0xfe]), "x", RedisArgument([0xc0]), "c", "1", "a", "1", "n", "1", "b", "x"],
        [RedisArgument([0xff]), RedisArgument([0x00, 0xff])],
    ]

    @Test("Garbage in a task queue is acknowledged and deleted, and what comes behind it is done")
    func entries() async throws {
        try await withHostileFleet { fleet in
            let handle = try await fleet.client.start(Everything.self, "one", id: "one")
            let streams = ["q:w:default", "q:a:default"].map { RedisArgument(fleet.key($0)) }
            for stream in streams {
                for fields in Self.garbage { try await fleet.run(words: ["XADD", stream, "*"] + fields) }
            }
            try await fleet.withWorker(Everything.components) {
                try await handle.signal(Everything.go, "went on")
                let result = try await handle.result()
                #expect(result == "ONE went on")
                try await eventually("the queues are empty") {
                    for stream in streams {
                        let waiting = try await fleet.integer("XLEN", stream)
                        let pending = try await fleet.run("XPENDING", stream, "g").array[0].int
                        if waiting > 0 || pending > 0 { return false }
                    }
                    return true
                }
            }
        }
    }

    @Test("An activity that cannot be read goes back with a pause, others are run, and it is when it can be read")
    func unreadableActivity() async throws {
        try await withHostileFleet { fleet in
            let components: [WorkerComponent] = [
                .workflow(Calls.self), .activity(ActivityFunction("echo") { (text: String) in text }),
            ]
            let workflowsOnly = WorkerOptions(servesActivities: false, maximumResidents: 0, gracePeriod: .seconds(1))
            let activities = RedisArgument(fleet.key("a:one"))
            let stream = RedisArgument(fleet.key("q:a:default"))
            let handle = try await fleet.client.start(Calls.self, "one", id: "one")
            try await fleet.withWorker(components, workflowsOnly) {
                try await eventually("it is scheduled") { try await fleet.integer("HLEN", activities) == 1 }
            }
            let blob = try #require(
                try await fleet.run("HGET", activities, 1).bytes.split(separator: 0, maxSplits: 2).last.map {
                    Array($0)
                }
            )
            // The event in it ends too early.
            let damaged = RedisArgument(Array(blob.dropLast(2)))
            try await fleet.run("DEL", stream)
            let entry = try await fleet.run(
                words: [
                    "XADD", stream, "*", "i", "one", "x", RedisArgument(try await handle.state().execution.rawValue),
                    "c", 1,
                    "a", 1, "n", 1, "b", damaged,
                ]
            ).string
            let head = "1:1:q:default\0\(entry)\0"
            try await fleet.run("HSET", activities, 1, RedisArgument(Array(head.utf8) + blob.dropLast(2)))
            try await fleet.withWorker(components) {
                let other = try await fleet.client.start(Calls.self, "two").result()
                #expect(other == "two")
                try await eventually("it is told") { !fleet.log.lines(with: "cannot be read").isEmpty }
                try await eventually("it waits") {
                    let value = try await fleet.run("HGET", activities, 1).bytes
                    return String(decoding: value, as: UTF8.self).hasPrefix("1:1:r:default")
                }
                #expect(fleet.log.lines(with: "cannot be read").count == 1)
                let value = try await fleet.run("HGET", activities, 1).bytes
                try await fleet.run("HSET", activities, 1, RedisArgument(Array(value.dropLast(blob.count - 2)) + blob))
                try await fleet.hasten()
                let result = try await handle.result()
                #expect(result == "one")
            }
        }
    }

    @Test("Garbage in the due set and in the set of workers goes away, and what is due is done")
    func sets() async throws {
        try await withHostileFleet { fleet in
            let due = RedisArgument(fleet.key("due"))
            let workers = RedisArgument(fleet.key("workers"))
            let members: [RedisArgument] = [
                "foo", "", "t\0one\0nothing\u{0}0000000001", "t\0one\0x\0none", "z\0one\0x", "r\0\0\0", "t\0",
                RedisArgument([0xff, 0x00, 0xfe]), RedisArgument([0x74, 0, 0xff, 0, 0xff, 0, 0x31]),
            ]
            for member in members { try await fleet.run("ZADD", due, "-inf", member) }
            // Enough of them to fill what one tick looks at.
            for number in 0..<40 { try await fleet.run("ZADD", workers, 1, RedisArgument([0xff, UInt8(number)])) }
            try await fleet.run("ZADD", workers, 2, "", 3, "stranger", 4, "{}*?[\u{301}")
            try await fleet.withWorker(Everything.components) {
                let handle = try await fleet.client.start(Everything.self, "one", id: "one")
                try await handle.signal(Everything.go, "went on")
                let result = try await handle.result()
                #expect(result == "ONE went on")
                try await eventually("it is gone") {
                    let left = try await fleet.integer("ZCARD", due)
                    let known = try await fleet.integer("ZCARD", workers)
                    return left == 0 && known == 1
                }
            }
            #expect(fleet.log.lines(with: "no text").count == 40)
        }
    }

    @Test("Messages on our channels that are not ours wake nobody up wrongly")
    func announcements() async throws {
        try await withHostileFleet { fleet in
            let handle = try await fleet.client.start(Everything.self, "one", id: "one")
            async let result = handle.result()
            try await eventually("it is waited for") {
                try await fleet.run("PUBSUB", "CHANNELS", RedisArgument(fleet.key("done:*"))).array.count == 1
            }
            let channel = RedisArgument(try await fleet.run("PUBSUB", "CHANNELS", "*done*").array[0].bytes)
            for message: RedisArgument in [
                "", "one", "two", RedisArgument([0xff, 0]), RedisArgument([UInt8](repeating: 0x61, count: 1 << 20)),
            ] {
                try await fleet.run("PUBLISH", channel, message)
            }
            try await fleet.run("HSET", RedisArgument(fleet.key("i:one")), "v", "garbage,,:,a:b,\u{301}:1")
            try await fleet.withWorker(Everything.components) {
                try await handle.signal(Everything.go, "went on")
                let again = try await handle.result()
                #expect(again == "ONE went on")
            }
            let first = try await result
            #expect(first == "ONE went on")
        }
    }

    @Test("A message between partitions that makes no sense is dropped and told, and the others arrive")
    func outbox() async throws {
        try await withHostileFleet {
            $0.partitions = 4
        } _: { fleet in
            for partition in 0..<4 {
                let outbox = RedisArgument("{aloft:\(partition)}:outbox")
                for fields: [RedisArgument] in [
                    ["foo", "bar"], ["b", "{aloft:1}:"], ["b", "{aloft:1}:", "k", "s"],
                    ["b", "{aloft:2}:", "k", "?", "i", RedisArgument([0xff])], ["b", RedisArgument([0xff])],
                ] {
                    try await fleet.run(words: ["XADD", outbox, "*"] + fields)
                }
            }
            try await fleet.withWorker(Everything.components) {
                for number in 0..<8 {
                    let handle = try await fleet.client.start(Everything.self, "one", id: "one-\(number)")
                    try await handle.signal(Everything.go, "went on")
                    let result = try await handle.result()
                    #expect(result == "ONE went on")
                }
                try await eventually("nothing is left") {
                    var left = 0
                    for partition in 0..<4 { left += try await fleet.integer("XLEN", "{aloft:\(partition)}:outbox") }
                    return left == 0
                }
            }
            #expect(!fleet.log.lines(with: "dropped").isEmpty)
        }
    }

    struct Calls: Workflow {
        func run(_ context: WorkflowContext, _ text: String) async throws -> String {
            try await context.activity(ActivityReference<String, String>("echo"), text)
        }
    }
}
