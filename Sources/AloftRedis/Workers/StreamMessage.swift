import AloftCore
import RedisClient

/// An entry of a task stream.
struct StreamMessage: Sendable {
    var receipt: TaskReceipt
    /// By the field names that `shared.lua` writes.
    private var fields: [(name: String, value: [UInt8])] = []
    /// Whether it was handed out before: what rode along with it may be out of date.
    var isRepeated: Bool

    /// An entry that was deleted while it was pending has no fields.
    init?(stream: String, _ value: RedisValue, isRepeated: Bool) {
        guard case .array(let parts) = value, parts.count == 2, let entry = try? parts[0].string else { return nil }
        self.receipt = TaskReceipt(place: stream, entry: entry)
        self.isRepeated = isRepeated
        guard case .array(let pairs) = parts[1] else { return }
        for index in stride(from: 0, to: pairs.count - 1, by: 2) {
            guard let name = try? pairs[index].string, let bytes = try? pairs[index + 1].bytes else { return nil }
            fields.append((name, bytes))
        }
    }

    func bytes(_ name: String) -> [UInt8]? { fields.first { $0.name == name }?.value }
    func text(_ name: String) -> String? { bytes(name).map { String(decoding: $0, as: UTF8.self) } }
    func int(_ name: String) -> Int? { text(name).flatMap { Int($0) } }

    /// The messages of an answer to `XREADGROUP`, in its order.
    static func list(_ reply: RedisValue, isRepeated: Bool) -> [StreamMessage] {
        guard case .array(let streams) = reply else { return [] }
        return streams.flatMap { stream -> [StreamMessage] in
            guard case .array(let parts) = stream, parts.count == 2, let name = try? parts[0].string,
                case .array(let messages) = parts[1]
            else { return [] }
            return messages.compactMap { StreamMessage(stream: name, $0, isRepeated: isRepeated) }
        }
    }
}

extension StreamMessage {
    /// `nil` if the entry says nothing useful: deleted while it was pending, or not ours.
    var workflowTask: WorkflowTask? {
        guard let instance = text("i"), let execution = text("x") else { return nil }
        let id = InstanceID(instance)
        // What cannot be read here is loaded, and complained about, then.
        let input = isRepeated ? nil : bytes("d").flatMap { try? DeliveredInput(stored: $0, of: id) }
        return WorkflowTask(
            instance: id,
            execution: ExecutionID(execution),
            receipt: receipt,
            inputs: input.map { [$0] } ?? [],
            queuedAt: queuedAt
        )
    }

    /// What stands in the entry even if this program cannot read the activity itself.
    func activityTask(queue: TaskQueue) throws(EventCodingError) -> ActivityTask? {
        guard let instance = text("i"), let execution = text("x"), let attempt = int("a"), let delivery = int("n"),
            let blob = bytes("b")
        else { return nil }
        guard case .activityScheduled(let scheduled) = try EventBody(encoded: blob[...]) else { return nil }
        return ActivityTask(
            instance: InstanceID(instance),
            execution: ExecutionID(execution),
            scheduled: scheduled,
            queue: queue,
            lease: ActivityLease(attempt: attempt, delivery: delivery),
            receipt: receipt,
            queuedAt: queuedAt
        )
    }

    /// The id of an entry begins with the moment at which it was added.
    private var queuedAt: Timestamp? {
        Int64(receipt.entry.prefix { $0 != "-" }).map { Timestamp(milliseconds: $0) }
    }
}
