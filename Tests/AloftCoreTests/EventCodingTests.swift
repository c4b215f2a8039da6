import AloftCore
import Testing

@Suite("Coding of events")
struct EventCodingTests {
    @Test("every kind comes back as it was written", arguments: EventSamples.bodies)
    func roundTrip(_ body: EventBody) throws {
        #expect(try EventBody(encoded: body.encoded[...]) == body)
        // A slice whose indices do not start at 0.
        #expect(try EventBody(encoded: ([9, 9] + body.encoded)[2...]) == body)
    }

    @Test("the stored bytes of every kind are what they have always been")
    func storedBytes() throws {
        for (body, bytes) in EventSamples.all {
            #expect(body.encoded == bytes, "\(body)")
            #expect(try EventBody(encoded: bytes[...]) == body)
        }
        let kinds = Set(EventSamples.all.map { $0.bytes[1] })
        #expect(kinds == Set(1...10).union(64...76), "a new kind needs a sample")
    }

    @Test("an interval finer than a millisecond is stored rounded up")
    func roundedIntervals() throws {
        let policy = RetryPolicy(initialInterval: .microseconds(1500))
        let body = EventBody.activityScheduled(
            .init(command: CommandID(1), name: "a", queue: nil, input: .none, retry: policy)
        )
        guard case .activityScheduled(let scheduled) = try EventBody(encoded: body.encoded[...]) else {
            throw EventCodingError.truncated
        }
        #expect(scheduled.retry.initialInterval == .milliseconds(2))
    }

    @Test("a newer format is refused and named", arguments: EventSamples.bodies)
    func newerFormat(_ body: EventBody) {
        var bytes = body.encoded
        bytes[0] = EventBody.formatVersion + 1
        #expect(throws: EventCodingError.formatTooNew(found: 2, known: 1)) { try EventBody(encoded: bytes[...]) }
        #expect("\(EventCodingError.formatTooNew(found: 2, known: 1))".contains("format 2"))
    }

    @Test("format 0 and an unknown kind are refused")
    func unknownKind() {
        #expect(throws: EventCodingError.malformed("format version 0")) { try EventBody(encoded: [0, 4, 7]) }
        #expect(throws: EventCodingError.malformed("an event of kind 63")) { try EventBody(encoded: [1, 63, 7]) }
    }

    @Test("bytes that end too early are refused, wherever they end", arguments: EventSamples.bodies)
    func truncated(_ body: EventBody) {
        let bytes = body.encoded
        for count in 0..<bytes.count {
            let shorter = try? EventBody(encoded: bytes[..<count])
            // What is left out at the end says nothing: such an event is whole, and is written so.
            guard let shorter else { continue }
            #expect(shorter.encoded == Array(bytes[..<count]))
            #expect(shorter != body)
            #expect(shorter.leavesFieldsOut)
        }
        #expect(throws: EventCodingError.self) { try EventBody(encoded: bytes[..<2]) }
    }

    @Test("a start and an activity without what they may leave out are read, with what says nothing they are not")
    func leftOut() throws {
        let scheduled = EventBody.activityScheduled(
            .init(command: CommandID(1), name: "a", queue: nil, input: .none, retry: .default)
        )
        for body in [.started(.init(workflow: "W", queue: "q", input: .none)), scheduled] as [EventBody] {
            #expect(try EventBody(encoded: body.encoded[...]) == body)
            #expect(throws: EventCodingError.self) { try EventBody(encoded: (body.encoded + [0])[...]) }
        }
        let started = EventBody.started(.init(workflow: "W", queue: "q", input: .none)).encoded
        #expect(throws: EventCodingError.malformed("a start with flags 16")) {
            try EventBody(encoded: (started + [16])[...])
        }
        #expect(throws: EventCodingError.malformed("headers that are none")) {
            try EventBody(encoded: (started + [8, 0])[...])
        }
    }

    @Test("a parent close policy that is unknown is refused")
    func unknownPolicy() throws {
        let sample = try #require(EventSamples.instances.first { $0.bytes[1] == 71 })
        var bytes = sample.bytes
        bytes[12] = 3
        #expect(throws: EventCodingError.malformed("a parent close policy 3")) { try EventBody(encoded: bytes[...]) }
    }

    @Test("bytes that follow an event are refused", arguments: EventSamples.bodies)
    func trailing(_ body: EventBody) {
        #expect(throws: EventCodingError.self) { try EventBody(encoded: (body.encoded + [0])[...]) }
    }

    @Test("numbers above 64 bits, counts above 63 and texts that are no UTF-8 are refused")
    func malformedValues() {
        let tooLong = [UInt8](repeating: 0xff, count: 9) + [2]
        #expect(throws: EventCodingError.malformed("a number above 64 bits")) {
            try EventBody(encoded: [1, 4] + tooLong[...])
        }
        let tooLarge = [UInt8](repeating: 0xff, count: 9) + [1]
        #expect(throws: EventCodingError.malformed("a count above 63 bits")) {
            try EventBody(encoded: [1, 4] + tooLarge[...])
        }
        #expect(throws: EventCodingError.malformed("a text that is not UTF-8")) {
            try EventBody(encoded: [1, 6, 1, 0xff])
        }
        #expect(throws: EventCodingError.self) { try EventBody(encoded: [1, 68, 7, 0]) }
    }

    @Test("damaged events never trap", arguments: EventSamples.bodies)
    func damaged(_ body: EventBody) {
        let bytes = body.encoded
        for index in bytes.indices.prefix(200) {
            for replacement in [0, 1, 0x7f, 0x80, 0xff, bytes[index] ^ 0x10] as [UInt8] {
                var damaged = bytes
                damaged[index] = replacement
                expectReadable(damaged)
            }
        }
    }

    @Test("random bytes never trap", arguments: 1...20)
    func random(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            var bytes = (0..<Int.random(in: 0...60, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            expectReadable(bytes)
            // Most random bytes fail at once; these get further.
            if bytes.count > 1 {
                bytes[0] = 1
                bytes[1] = EventSamples.all.randomElement(using: &generator)?.bytes[1] ?? 1
                expectReadable(bytes)
            }
        }
    }

    /// Reading is an event that can be written again, or an error.
    private func expectReadable(_ bytes: [UInt8]) {
        if let body = try? EventBody(encoded: bytes[...]) { _ = body.encoded }
        if let events = try? EventBatch.decode(bytes) { _ = EventBatch.encode(events) }
    }
}

extension EventBody {
    /// Whether its kind has fields at its end that are left out while they say nothing.
    fileprivate var leavesFieldsOut: Bool {
        switch self {
        case .started, .activityScheduled, .signalReceived, .signalScheduled, .subWorkflowScheduled: true
        default: false
        }
    }
}

/// The same numbers in every run: SplitMix64.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
