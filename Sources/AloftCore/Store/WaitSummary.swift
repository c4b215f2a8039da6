/// What an execution waits for, in the few bytes that each of its transitions leaves with the instance.
///
/// The worker makes one, stores keep it beside the state of the instance. So anybody sees what an instance waits for, without
/// a worker and without a replay.
public struct WaitSummary: Hashable, Sendable {
    /// The size up to which Redis keeps a value inside a compact hash (`hash-max-listpack-value`): with one that is longer
    /// the hash of the instance takes several times the memory.
    package static let maximumBytes = 64

    /// Those that were begun first, alike ones as one.
    public private(set) var waits: [Wait] = []
    /// How many waits found no room.
    public private(set) var further = 0

    /// Waits for nothing: not begun, or ended.
    public init() {}

    /// Gathers what is alike, and cuts the rest until it fits. What one task waits for from another comes last: it says less.
    ///
    /// - Parameters:
    ///   - all: In the order in which they began.
    ///   - unknown: How many more there are of which nothing else is known.
    public init(_ all: [Wait], further unknown: Int = 0) {
        further = unknown
        let found = Self.grouped(all)
        let groups = found.filter { $0.kind != .other } + found.filter { $0.kind == .other }
        var bytes = Self.overhead
        for (index, group) in groups.enumerated() {
            // Room for the first is made, whatever it takes.
            let wait = index == 0 ? group.fitted(into: Self.maximumBytes - bytes) : group
            let size = wait.encodedSize(after: waits.last)
            guard bytes + size <= Self.maximumBytes else {
                further += groups[index...].reduce(0) { $0 + $1.count }
                break
            }
            waits.append(wait)
            bytes += size
        }
    }

    /// The format, and the number of those that found no room.
    private static let overhead = 1 + 4

    private static func grouped(_ all: [Wait]) -> [Wait] {
        var groups: [Wait] = []
        var places: [Wait: Int] = [:]
        for wait in all {
            let alike = wait.kindred
            if let place = places[alike] {
                groups[place].count += wait.count
                if let due = wait.due, let earliest = groups[place].due, due < earliest {
                    groups[place].due = due
                    groups[place].command = wait.command
                }
            } else {
                places[alike] = groups.count
                groups.append(wait)
            }
        }
        return groups
    }

    /// Whether there is nothing to tell.
    public var isEmpty: Bool { waits.isEmpty }
}

extension WaitSummary {
    private static let format: UInt8 = 1

    /// At most ``maximumBytes``; empty when there is nothing to tell.
    package var encoded: [UInt8] {
        guard !isEmpty else { return [] }
        var writer = ByteWriter(reserving: Self.maximumBytes)
        writer.write(byte: Self.format)
        writer.write(count: min(further, 1 << 27))
        var last: Wait?
        for wait in waits {
            wait.write(to: &writer, after: last)
            last = wait
        }
        return writer.bytes
    }

    /// - Throws: `EventCodingError`.
    package init(encoded bytes: ArraySlice<UInt8>) throws(EventCodingError) {
        guard !bytes.isEmpty else { return }
        var reader = ByteReader(bytes)
        let format = try reader.readByte()
        guard format == Self.format else { throw .formatTooNew(found: Int(format), known: Int(Self.format)) }
        further = try reader.readCount()
        while !reader.isAtEnd { waits.append(try Wait(from: &reader, after: waits.last)) }
    }
}

extension Wait {
    fileprivate func write(to writer: inout ByteWriter, after last: Wait?) {
        writer.write(byte: kind.rawValue)
        writer.write(count: command?.number ?? 0)
        writer.write(count: count)
        writer.write(count: line)
        // Most waits of an execution are in one file.
        writer.write(fileID == last?.fileID ? "" : fileID)
        writer.write(name)
        if kind == .timer { writer.write(signed: due?.milliseconds ?? 0) }
    }

    fileprivate init(from reader: inout ByteReader, after last: Wait?) throws(EventCodingError) {
        let number = try reader.readByte()
        guard let kind = Kind(rawValue: number) else { throw .malformed("a wait of the unknown kind \(number)") }
        let command = try reader.readCount()
        let count = try reader.readCount()
        let line = try reader.readCount()
        let file = try reader.readString()
        self.init(
            kind,
            try reader.readString(),
            command: command == 0 ? nil : CommandID(command),
            count: count,
            // Without a line there is no file.
            fileID: file.isEmpty && line > 0 ? last?.fileID ?? "" : file,
            line: line
        )
        if kind == .timer {
            let moment = try reader.readSigned()
            due = moment == 0 ? nil : Timestamp(milliseconds: moment)
        }
    }

    fileprivate func encodedSize(after last: Wait?) -> Int {
        var writer = ByteWriter()
        write(to: &writer, after: last)
        return writer.bytes.count
    }

    /// The same in so many bytes: the module goes first, then the end of the name, then the beginning of the file.
    fileprivate func fitted(into room: Int) -> Wait {
        var wait = self
        if wait.encodedSize(after: nil) > room, let slash = wait.fileID.lastIndex(of: "/") {
            wait.fileID = String(wait.fileID[wait.fileID.index(after: slash)...])
        }
        if wait.encodedSize(after: nil) > room, wait.name.count > room { wait.name = "\(wait.name.prefix(room))…" }
        while wait.encodedSize(after: nil) > room, wait.name.count > 8 {
            wait.name = wait.name.dropLast(wait.name.last == "…" ? 2 : 1) + "…"
        }
        if wait.fileID.count > room { wait.fileID = String(wait.fileID.suffix(room)) }
        while wait.encodedSize(after: nil) > room, !wait.fileID.isEmpty { wait.fileID.removeFirst() }
        while wait.encodedSize(after: nil) > room, !wait.name.isEmpty { wait.name.removeLast() }
        return wait
    }
}
