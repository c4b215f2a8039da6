/// The events of one transition, as one piece of stored history.
///
/// Layout: format version, number of the first event, count, time stamp of the first event; then for each event the
/// milliseconds since the one before and the encoded body with its length.
public enum EventBatch {
    /// The newest format that this code reads and the one that it writes.
    public static let formatVersion: UInt8 = 1

    /// - Parameter events: At least one, numbered without gaps.
    public static func encode(_ events: some Collection<Event>) -> [UInt8] {
        var writer = ByteWriter(reserving: 96 * events.count)
        guard let first = events.first else { return [] }
        writer.write(byte: formatVersion)
        writer.write(count: first.number)
        writer.write(count: events.count)
        writer.write(signed: first.timestamp.milliseconds)
        var last = first.timestamp.milliseconds
        for event in events {
            writer.write(signed: event.timestamp.milliseconds &- last)
            last = event.timestamp.milliseconds
            var body = ByteWriter()
            event.body.encode(into: &body)
            writer.write(bytes: body.bytes)
        }
        return writer.bytes
    }

    /// - Throws: ``EventCodingError``.
    public static func decode(_ bytes: [UInt8]) throws(EventCodingError) -> [Event] {
        var reader = ByteReader(bytes[...])
        let version = try reader.readByte()
        guard version <= formatVersion else {
            throw .formatTooNew(found: Int(version), known: Int(formatVersion))
        }
        guard version > 0 else { throw .malformed("format version 0") }
        let first = try reader.readCount()
        let count = try reader.readCount()
        var last = try reader.readSigned()
        guard count <= bytes.count else { throw .truncated }
        var events: [Event] = []
        events.reserveCapacity(min(count, 1024))
        for offset in 0..<count {
            last = last &+ (try reader.readSigned())
            let body = try EventBody(encoded: try reader.readBytes())
            events.append(Event(number: first &+ offset, timestamp: Timestamp(milliseconds: last), body: body))
        }
        guard reader.isAtEnd else { throw .malformed("more than the events it counts") }
        return events
    }
}
