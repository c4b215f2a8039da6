import AloftCore
import RedisClient
import Testing

/// Damaged bytes in front of everything that decodes: an error or a value, never a trap, and never memory by the word of the
/// bytes. A seed that fails is repeated by itself; `ALOFT_LONG_TESTS=1` runs a million of each.
@Suite("Damaged bytes") struct DecoderFuzzTests {
    private static let rounds = isLong ? 1_000_000 : 20_000

    private static let payload = Payload(bytes: Array("{\"a\":[1,2,3]}".utf8), encoding: "json;zip")
    private static let failure = Failure(
        kind: .timeout,
        type: "T",
        message: "message",
        details: payload,
        causes: [.init(type: "C", message: "cause"), .init(type: "D", message: "")],
        backtrace: "at f"
    )

    private static let bodies: [EventBody] = [
        .started(
            .init(
                workflow: "W",
                queue: "q",
                input: payload,
                parent: ParentLink(instance: "p", execution: "e", command: CommandID(3)),
                continuedFrom: "before",
                isCancelled: true
            )
        ),
        .activityCompleted(CommandID(300), payload), .activityFailed(CommandID(1), failure), .timerFired(CommandID(7)),
        .signalReceived(name: "signal", payload), .cancelRequested(reason: "reason"),
        .activityScheduled(
            .init(
                command: CommandID(9),
                name: "a",
                queue: "q",
                input: payload,
                retry: RetryPolicy(
                    maximumAttempts: 9,
                    backoffCoefficient: 1.5,
                    jitter: 0.5,
                    nonRetryableTypes: ["A", "B"]
                ),
                startToCloseTimeout: .seconds(9)
            )
        ),
        .timerScheduled(.init(command: CommandID(2), name: "t", due: Timestamp(milliseconds: 1_700_000_000_000))),
        .subWorkflowScheduled(
            .init(
                command: CommandID(4),
                workflow: "W",
                instance: "child",
                execution: "e",
                queue: "q",
                input: payload,
                retention: .seconds(1),
                executionTimeout: .seconds(2),
                memo: ["a": "b", "c": "d"]
            )
        ),
        .signalScheduled(.init(command: CommandID(5), instance: "i", name: "s", payload: payload)),
        .continuedAsNew(.init(execution: "e", input: payload)), .workflowFailed(failure), .workflowCompleted(payload),
    ]

    @Test("Events", arguments: 1...4 as ClosedRange<UInt64>)
    func events(_ seed: UInt64) {
        var dice = Dice(seed: seed)
        let samples = Self.bodies.map(\.encoded)
        var readable = 0
        for round in 0..<Self.rounds / 4 {
            let bytes = dice.damage(samples[round % samples.count])
            guard let body = try? EventBody(encoded: bytes[...]) else { continue }
            readable += 1
            // What is readable can be worked with: sizes, ids, the way back.
            _ = body.largestPayload
            _ = body.command
            #expect((try? EventBody(encoded: body.encoded[...])) != nil, "\(bytes)")
        }
        #expect(readable > 0 && readable < Self.rounds / 4)
    }

    @Test("Batches", arguments: 1...4 as ClosedRange<UInt64>)
    func batches(_ seed: UInt64) {
        var dice = Dice(seed: seed)
        let events = Self.bodies.enumerated().map { offset, body in
            Event(number: offset + 1, timestamp: Timestamp(milliseconds: Int64(offset) * 1000), body: body)
        }
        let samples = [
            EventBatch.encode(events), EventBatch.encode(events.prefix(1)), EventBatch.encode(events.suffix(3)),
        ]
        for round in 0..<Self.rounds / 4 {
            let bytes = dice.damage(samples[round % samples.count])
            guard let events = try? EventBatch.decode(bytes) else { continue }
            #expect(events.count <= bytes.count)
        }
    }

    @Test("A count or a length that is a lie costs neither memory nor time")
    func lies() {
        let huge: [UInt8] = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]
        let start = ContinuousClock.now
        for prefix: [UInt8] in [
            [1], [1, 1], [1, 1, 1, 0, 0], [1, 3, 1, 0, 0, 0, 0], [1, 5], [1, 64, 1], [1, 64, 1, 0, 0, 0, 0, 1],
            [1, 71, 1],
        ] {
            for count in 1...8 {
                let bytes = prefix + huge.prefix(count).dropLast() + [0x7f]
                _ = try? EventBody(encoded: bytes[...])
                _ = try? EventBatch.decode(bytes)
            }
        }
        #expect(ContinuousClock.now - start < .seconds(1))
    }

    @Test("Replies of a server", arguments: 1...4 as ClosedRange<UInt64>)
    func replies(_ seed: UInt64) {
        var dice = Dice(seed: seed)
        let samples = [
            "+OK\r\n", ":42\r\n", "$5\r\nhello\r\n", "$-1\r\n", "-ERR no\r\n", "*2\r\n:1\r\n$1\r\na\r\n",
            "*3\r\n*2\r\n+a\r\n*0\r\n*-1\r\n:-9223372036854775808\r\n",
            "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n",
        ].map { Array($0.utf8) }
        for round in 0..<Self.rounds / 4 {
            let reader = ReplyReader(maximumBytes: 1 << 16)
            let bytes = dice.damage(samples[round % samples.count]) + samples[(round / 7) % samples.count]
            var rest = bytes[...]
            do {
                while !rest.isEmpty {
                    let piece = rest.prefix(Int.random(in: 1...9, using: &dice))
                    rest = rest.dropFirst(piece.count)
                    try piece.withUnsafeBytes { try reader.feed($0) }
                    while let value = try reader.next() {
                        _ = try? value.int
                        _ = try? value.string
                        _ = try? value.array
                    }
                }
            } catch {}
        }
    }

    @Test("Payloads that are no JSON, or nest without end, are errors", arguments: 1...2 as ClosedRange<UInt64>)
    func payloads(_ seed: UInt64) throws {
        struct Order: Codable {
            var id: Int
            var lines: [[String: Double]]
            var note: String?
        }
        var dice = Dice(seed: seed)
        let coder = PayloadCoder()
        let sample = try coder.encode(Order(id: 1, lines: [["a": 1.5], ["b": -2e10]], note: "é"))
        for _ in 0..<Self.rounds / 20 {
            let payload = Payload(bytes: dice.damage(sample.bytes), encoding: .json)
            _ = try? coder.decode(Order.self, from: payload)
        }
        for open in ["[", "{\"a\":", "[{\"a\":"] {
            let bytes = Array(String(repeating: open, count: 200_000).utf8)
            #expect(throws: PayloadError.self) {
                try coder.decode(Nested.self, from: Payload(bytes: bytes, encoding: .json))
            }
        }
    }

    private final class Nested: Codable {
        let a: Nested?
    }
}
