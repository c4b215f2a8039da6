import AloftCore
import RedisClient

/// The elements of a script's reply, read with errors that name the script.
struct Reply {
    let subject: String
    let values: [RedisValue]

    init(_ value: RedisValue, of subject: String) throws(StoreError) {
        guard case .array(let values) = value else {
            throw .corrupt("\(subject) was answered with something that is not a list")
        }
        self.subject = subject
        self.values = values
    }

    var count: Int { values.count }

    func int(_ index: Int) throws(StoreError) -> Int {
        guard index < values.count, let value = try? values[index].int else { throw mismatch(index, "a number") }
        return value
    }

    /// How many of something there are: small enough for sums, whatever the reply says.
    func amount(_ index: Int) throws(StoreError) -> Int { min(max(0, try int(index)), 1 << 48) }

    func time(_ index: Int) throws(StoreError) -> Timestamp {
        Timestamp(milliseconds: Int64(try int(index)))
    }

    /// `nil` if there is nothing.
    func optionalTime(_ index: Int) throws(StoreError) -> Timestamp? {
        optionalText(index) == nil ? nil : try time(index)
    }

    func bytes(_ index: Int) throws(StoreError) -> [UInt8] {
        guard index < values.count, let value = try? values[index].bytes else { throw mismatch(index, "bytes") }
        return value
    }

    func text(_ index: Int) throws(StoreError) -> String {
        guard index < values.count, let value = try? values[index].string else { throw mismatch(index, "a text") }
        return value
    }

    /// An absent field and an empty one are the same.
    func optionalText(_ index: Int) -> String? {
        guard index < values.count, let value = try? values[index].string, !value.isEmpty else { return nil }
        return value
    }

    private func mismatch(_ index: Int, _ wanted: String) -> StoreError {
        .corrupt("\(subject) was answered with an element \(index) that is not \(wanted)")
    }
}

extension Reply {
    /// How many values tell the state of an instance.
    static let stateFields = ["x", "w", "q", "s", "n", "c", "f", "o", "p", "b", "e", "a", "m", "h"]

    /// The state of an instance whose fields (`stateOf` in shared.lua) begin at `index`.
    func state(of instance: InstanceID, at index: Int) throws(StoreError) -> InstanceState {
        var problem: String?
        var isQuarantined = false
        var crashes = 0
        if let stored = optionalText(index + 8) {
            let parts = stored.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            crashes = Int(parts[0]) ?? 0
            isQuarantined = parts.count > 1 && parts[1] == "1"
            problem = parts.count > 2 && !parts[2].isEmpty ? String(parts[2]) : nil
        }
        return InstanceState(
            instance: instance,
            execution: ExecutionID(try text(index)),
            workflow: try text(index + 1),
            queue: TaskQueue(try text(index + 2)),
            status: try InstanceStatus(letter: try text(index + 3)),
            historyLength: try int(index + 4),
            createdAt: try time(index + 5),
            finishedAt: try optionalTime(index + 6),
            owner: optionalText(index + 7).map { WorkerID($0) },
            problem: problem,
            isQuarantined: isQuarantined,
            startsAt: try optionalTime(index + 9),
            deadline: try optionalTime(index + 10),
            parent: try parent(index + 11, of: instance),
            memo: try memo(index + 12, of: instance),
            crashes: crashes,
            waits: waits(index + 13)
        )
    }

    /// They are for people only: what cannot be read is left out.
    private func waits(_ index: Int) -> WaitSummary {
        guard let stored = try? bytes(index) else { return WaitSummary() }
        return (try? WaitSummary(encoded: stored[...])) ?? WaitSummary()
    }

    private func parent(_ index: Int, of instance: InstanceID) throws(StoreError) -> ParentLink? {
        guard let link = optionalText(index) else { return nil }
        // By bytes: a name may begin with a mark that would join the character before it.
        let parts = link.utf8.split(separator: 0, omittingEmptySubsequences: false)
        guard parts.count == 4, let command = Int(String(parts[3]) ?? "") else {
            throw .corrupt("instance \"\(instance)\" has a parent that cannot be read")
        }
        return ParentLink(
            instance: InstanceID(String(decoding: parts[1], as: UTF8.self)),
            execution: ExecutionID(String(decoding: parts[2], as: UTF8.self)),
            command: CommandID(command)
        )
    }

    private func memo(_ index: Int, of instance: InstanceID) throws(StoreError) -> [String: String] {
        guard let stored = optionalText(index) else { return [:] }
        do {
            return try Memo.decode(stored)
        } catch {
            throw .corrupt("the memo of instance \"\(instance)\" cannot be read", underlying: error)
        }
    }

    /// The inputs from `index` to the end.
    func inputs(from index: Int, of instance: InstanceID) throws(StoreError) -> [DeliveredInput] {
        var inputs: [DeliveredInput] = []
        for position in index..<max(index, values.count) {
            inputs.append(try DeliveredInput(stored: try bytes(position), of: instance))
        }
        return inputs
    }
}

extension DeliveredInput {
    /// Reads `<ms>:<blob>`.
    init(stored bytes: [UInt8], of instance: InstanceID) throws(StoreError) {
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            let milliseconds = Int64(String(decoding: bytes[..<colon], as: UTF8.self))
        else { throw .corrupt("the inbox of instance \"\(instance)\" holds an input without a time stamp") }
        do {
            self.init(
                timestamp: Timestamp(milliseconds: milliseconds),
                body: try EventBody(encoded: bytes[(colon + 1)...])
            )
        } catch {
            throw StoreError(error, in: "the inbox of instance \"\(instance)\"")
        }
    }
}

extension InstanceStatus {
    init(letter: String) throws(StoreError) {
        switch letter {
        case "r": self = .running
        case "c": self = .completed
        case "f": self = .failed
        case "x": self = .cancelled
        case "t": self = .terminated
        case "o": self = .timedOut
        default: throw .corrupt("an instance has the status \"\(letter.prefix(20))\", which nobody should have written")
        }
    }

    var letter: String {
        switch self {
        case .completed: "c"
        case .failed: "f"
        case .cancelled: "x"
        case .terminated: "t"
        case .timedOut: "o"
        default: "r"
        }
    }
}
