package import AloftCore
import RedisClient

/// The names of the keys of one partition. All carry its hash tag, so that a script may touch any of them.
package struct Keyspace: Sendable {
    /// What every key begins with: "{aloft:0}:".
    package let base: String

    init(prefix: String, partition: Int) {
        base = "{\(prefix):\(partition)}:"
    }

    var namespace: RedisArgument { RedisArgument(base + "namespace") }
    var workers: RedisArgument { RedisArgument(base + "workers") }
    var due: RedisArgument { RedisArgument(base + "due") }
    var instances: RedisArgument { RedisArgument(base + "instances") }
    /// Messages to other partitions, and which of theirs came last.
    var outbox: RedisArgument { RedisArgument(base + "outbox") }
    var received: RedisArgument { RedisArgument(base + "received") }
    /// The streams of tasks that there are.
    var queues: RedisArgument { RedisArgument(base + "queues") }
    var unknown: RedisArgument { RedisArgument(base + "unknown") }
    /// Who audits, while nobody else is to.
    var audit: RedisArgument { RedisArgument(base + "audit") }
    /// What was done by hand; in the first partition.
    var actions: RedisArgument { RedisArgument(base + "actions") }
    /// Finished instances by the moment at which they expire.
    func expiring(_ status: InstanceStatus) -> RedisArgument { RedisArgument(base + "expiring:" + status.letter) }

    func instance(_ id: InstanceID) -> RedisArgument { RedisArgument(base + "i:" + id.rawValue) }
    func history(_ id: InstanceID) -> RedisArgument { RedisArgument(base + "h:" + id.rawValue) }
    /// Of an execution that was continued.
    func history(_ id: InstanceID, _ earlier: ExecutionID) -> RedisArgument {
        RedisArgument(base + "h:" + id.rawValue + "\0" + earlier.rawValue)
    }
    func inbox(_ id: InstanceID) -> RedisArgument { RedisArgument(base + "in:" + id.rawValue) }
    func activities(_ id: InstanceID) -> RedisArgument { RedisArgument(base + "a:" + id.rawValue) }
    func delivered(_ id: InstanceID) -> RedisArgument { RedisArgument(base + "d:" + id.rawValue) }

    func workflowQueue(_ queue: TaskQueue) -> String { base + "q:w:" + queue.rawValue }
    func activityQueue(_ queue: TaskQueue) -> String { base + "q:a:" + queue.rawValue }

    func ownStream(_ worker: WorkerID) -> String { base + "w:" + worker.rawValue }
    /// An empty stream that is part of every read of a worker, and that is there while the worker counts as alive.
    func fence(_ worker: WorkerID) -> String { base + "f:" + worker.rawValue }
    func residents(_ worker: WorkerID) -> RedisArgument { RedisArgument(base + "res:" + worker.rawValue) }
    /// The suspects that a worker has begun to run.
    func trials(_ worker: WorkerID) -> RedisArgument { RedisArgument(base + "try:" + worker.rawValue) }
    func registration(_ worker: WorkerID) -> RedisArgument { RedisArgument(base + "reg:" + worker.rawValue) }

    /// Where nobody listens.
    var mark: RedisArgument { RedisArgument(base + "mark") }

    /// Where it is announced that something is due soon.
    var soon: String { base + "soon" }

    /// Where the ends of instances are announced that clients of a store wait for.
    func completions(ofStore store: String) -> String { base + "done:" + store }
}

extension Keyspace {
    /// The queue that a stream of activity tasks belongs to.
    func activityQueue(ofStream stream: String) -> TaskQueue? {
        suffix(of: stream, after: "q:a:").map { TaskQueue($0) }
    }

    /// How an instance's hash names the place of a receipt: `q<entry>` or `w<entry>|<worker>`.
    package func token(of receipt: TaskReceipt) -> String {
        if let worker = suffix(of: receipt.place, after: "w:") { return "w\(receipt.entry)|\(worker)" }
        return "q\(receipt.entry)"
    }

    private func suffix(of key: String, after kind: String) -> Substring? {
        // By bytes: a name may begin with a mark that would join the character before it.
        let start = (base + kind).utf8
        guard key.utf8.starts(with: start) else { return nil }
        return Substring(key.utf8.dropFirst(start.count))
    }
}
