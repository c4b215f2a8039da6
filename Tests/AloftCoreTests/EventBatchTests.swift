import AloftCore
import Testing

@Suite("Coding of batches of events")
struct EventBatchTests {
    /// Events of every kind at moments that go up and down.
    static let events = EventSamples.bodies.enumerated().map { offset, body in
        Event(
            number: 41 + offset,
            timestamp: Timestamp(milliseconds: 1_767_225_600_000 + Int64(offset * 37 % 11) - 5),
            body: body
        )
    }

    @Test("a batch comes back as it was written")
    func roundTrip() throws {
        #expect(try EventBatch.decode(EventBatch.encode(Self.events)) == Self.events)
        #expect(try EventBatch.decode(EventBatch.encode(Self.events[3..<4])) == Array(Self.events[3..<4]))
    }

    @Test("the stored bytes of a batch are what they have always been")
    func storedBytes() {
        let events = [
            Event(number: 3, timestamp: Timestamp(milliseconds: 100), body: .timerFired(CommandID(7))),
            Event(number: 4, timestamp: Timestamp(milliseconds: 99), body: .timerCancelled(CommandID(8))),
        ]
        #expect(EventBatch.encode(events) == [1, 3, 2, 0xc8, 0x01, 0, 3, 1, 4, 7, 1, 3, 1, 66, 8])
    }

    @Test("moments at the ends of time survive")
    func extremeMoments() throws {
        let events = [Int64.min, .max, 0, .min].enumerated().map { offset, milliseconds in
            Event(
                number: offset + 1,
                timestamp: Timestamp(milliseconds: milliseconds),
                body: .timerFired(CommandID(1))
            )
        }
        #expect(try EventBatch.decode(EventBatch.encode(events)) == events)
    }

    @Test("no events are no bytes, and no bytes no batch")
    func empty() {
        #expect(EventBatch.encode([]).isEmpty)
        #expect(throws: EventCodingError.truncated) { try EventBatch.decode([]) }
    }

    @Test("a newer format is refused, of the batch and of an event in it")
    func newerFormat() {
        var bytes = EventBatch.encode(Self.events.prefix(1))
        bytes[0] = EventBatch.formatVersion + 1
        #expect(throws: EventCodingError.formatTooNew(found: 2, known: 1)) { try EventBatch.decode(bytes) }
        let inner: [UInt8] = [1, 3, 1, 0, 0, 3, 9, 4, 7]
        #expect(throws: EventCodingError.formatTooNew(found: 9, known: 1)) { try EventBatch.decode(inner) }
        #expect(throws: EventCodingError.malformed("format version 0")) { try EventBatch.decode([0, 1, 0, 0]) }
    }

    @Test("bytes that end too early or go on too long are refused")
    func wrongLength() {
        let bytes = EventBatch.encode(Self.events.prefix(5))
        for count in 0..<bytes.count {
            #expect(throws: EventCodingError.self) { try EventBatch.decode(Array(bytes.prefix(count))) }
        }
        #expect(throws: EventCodingError.malformed("more than the events it counts")) {
            try EventBatch.decode(bytes + [0])
        }
    }

    @Test("a forged count takes no memory")
    func forgedCount() {
        let count = [UInt8](repeating: 0xff, count: 8) + [0x7f]
        #expect(throws: EventCodingError.truncated) { try EventBatch.decode([1, 1] + count + [0]) }
    }

    @Test("damaged batches never trap", arguments: 1...10)
    func damaged(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let bytes = EventBatch.encode(Self.events.prefix(14))
        for _ in 0..<2000 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                damaged[Int.random(in: 0..<damaged.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            if let events = try? EventBatch.decode(damaged) { _ = EventBatch.encode(events) }
        }
    }
}
