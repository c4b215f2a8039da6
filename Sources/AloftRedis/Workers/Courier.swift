import AloftCore
import Logging
import RedisClient
import Synchronization

/// Carries messages between partitions: from the outbox of one, where a transition left them, to the instances of others.
///
/// Receiving is idempotent and in order, so that any number of couriers may carry the same messages. Each reads an outbox from
/// its head and deletes what has arrived; whatever one could not deliver the next tick of any worker does.
package final class Courier: Sendable {
    /// How many messages are read at once, and how many bytes of them go in one call, roughly.
    private static let pageCount = 100
    private static let callBytes = 1 << 20

    private let redis: RedisClient
    private let writer: DurableWriter?
    private let partitions: PartitionMap
    private let settings: [RedisArgument]
    /// How many bytes of messages are read at once, roughly: one that is larger comes alone.
    private let pageBytes: Int
    private let logger: Logger

    /// One round of an outbox, and the one that will follow it.
    private struct Rounds {
        var current: Task<Set<String>, Never>
        var next: Task<Set<String>, Never>?
    }

    private struct State {
        var rounds: [String: Rounds] = [:]
        var isPaused = false
        /// The outboxes, and the partitions that messages are for, with which something is wrong, as was told already.
        var troubled: Set<String> = []
    }

    private let state = Mutex(State())

    init(
        _ redis: RedisClient,
        _ writer: DurableWriter?,
        _ partitions: PartitionMap,
        _ configuration: RedisStore.Configuration,
        _ logger: Logger
    ) {
        self.redis = redis
        self.writer = writer
        self.partitions = partitions
        self.settings = [
            RedisArgument(configuration.retention.redisMilliseconds), RedisArgument(configuration.maximumInboxLength),
        ]
        self.pageBytes = min(4 << 20, configuration.redis.maximumReplyBytes / 4)
        self.logger = logger
    }

    /// Makes it seem that this process dies before it delivers.
    package func pause(_ isPaused: Bool) {
        state.withLock { $0.isPaused = isPaused }
    }

    /// Delivers what is in an outbox now, and whatever follows from that. Callers that come together share a round.
    func deliver(from keys: Keyspace) async {
        let round = state.withLock { state -> Task<Set<String>, Never>? in
            guard !state.isPaused else { return nil }
            guard let rounds = state.rounds[keys.base] else {
                let task = Task { await self.round(keys, after: nil) }
                state.rounds[keys.base] = Rounds(current: task)
                return task
            }
            // The one under way may have read already.
            if let next = rounds.next { return next }
            let task = Task { await self.round(keys, after: rounds.current) }
            state.rounds[keys.base]?.next = task
            return task
        }
        // Not within the round: two partitions that answer each other would wait for each other.
        for base in (await round?.value ?? []).sorted() {
            if let other = partitions.keyspace(ofBase: base) { await deliver(from: other) }
        }
    }

    /// - Returns: The bases of partitions whose outboxes hold answers.
    private func round(_ keys: Keyspace, after earlier: Task<Set<String>, Never>?) async -> Set<String> {
        _ = await earlier?.value
        var answering: Set<String> = []
        do {
            answering = try await carry(from: keys)
            state.withLock { _ = $0.troubled.remove(keys.base) }
        } catch {
            tell("messages stay in the outbox until the next tick", keys.base, error)
        }
        state.withLock { state in
            state.rounds[keys.base] = state.rounds[keys.base]?.next.map { Rounds(current: $0) }
        }
        return answering
    }

    /// What does not pass by itself is told once, until it is well again: everybody tries again with each tick.
    private func tell(_ message: Logger.Message, _ place: String, _ error: any Error) {
        let isPassing = StoreError(error, while: "carrying messages").isPassing
        let isNews = !isPassing && state.withLock { $0.troubled.insert(place).inserted }
        logger.log(level: isNews ? .warning : .debug, message, metadata: ["at": "\(place)", "error": "\(error)"])
    }

    private func carry(from keys: Keyspace) async throws -> Set<String> {
        var answering: Set<String> = []
        var start = "-"
        var blocked: Set<String> = []
        while true {
            let reply = try await redis.run(
                Scripts.outbox,
                keys: [keys.outbox],
                arguments: [RedisArgument(start), RedisArgument(Self.pageCount), RedisArgument(pageBytes)]
            ).array
            guard reply.count == 2 else { throw StoreError.corrupt("an outbox was answered with something else") }
            let isMore = try reply[0].int == 1
            let page = try reply[1].array.map { try OutboxMessage($0) }
            guard let last = page.last else { return answering }
            start = "(" + last.entry
            for (target, messages) in OutboxMessage.byTarget(page) where !blocked.contains(target) {
                do {
                    if try await hand(messages, to: target, from: keys) { answering.insert(target) }
                    state.withLock { _ = $0.troubled.remove("to " + target) }
                } catch {
                    // What comes behind must not overtake.
                    blocked.insert(target)
                    tell("a partition takes no messages", "to " + target, error)
                }
            }
            guard isMore else { return answering }
        }
    }

    /// - Returns: Whether there are answers.
    private func hand(_ messages: [OutboxMessage], to target: String, from keys: Keyspace) async throws -> Bool {
        var hasAnswers = false
        var rest = messages[...]
        while !rest.isEmpty {
            var bytes = 0
            let part = rest.prefix { message in
                defer { bytes += message.bytes }
                return bytes < Self.callBytes
            }
            rest = rest.dropFirst(part.count)
            if let other = partitions.keyspace(ofBase: target) {
                let value = try await receive(
                    [other.received],
                    [RedisArgument(other.base), RedisArgument(keys.base)] + settings + part.flatMap(\.arguments)
                )
                let reply = try Reply(value, of: "receiving messages")
                hasAnswers = try reply.int(1) > 0 || hasAnswers
                for index in 2..<max(2, reply.count) {
                    let reason = try reply.text(index)
                    logger.error("a message was dropped", metadata: ["reason": "\(reason)"])
                }
            } else {
                logger.error("messages for an unknown partition are dropped", metadata: ["to": "\(target)"])
            }
            let entries = part.map { RedisArgument($0.entry) }
            _ = try await redis.send(RedisCommand(arguments: ["XDEL", keys.outbox] + entries))
        }
        return hasAnswers
    }

    private func receive(_ keys: [RedisArgument], _ arguments: [RedisArgument]) async throws -> RedisValue {
        guard let writer else { return try await redis.run(Scripts.receive, keys: keys, arguments: arguments) }
        // The messages are deleted where they came from, so they had better be safe where they are now.
        let call = RedisScriptCall(Scripts.receive, keys: keys, arguments: arguments)
        return try await writer.run(call, "receiving messages")
    }
}

/// An entry of an outbox.
struct OutboxMessage {
    let entry: String
    /// The base of the partition that it is for.
    let target: String
    let bytes: Int
    /// As `receive.lua` takes them.
    let arguments: [RedisArgument]

    init(_ value: RedisValue) throws {
        let parts = try value.array
        guard parts.count == 2 else { throw StoreError.corrupt("an outbox holds something that is no message") }
        let words = try parts[1].array.map { try $0.bytes }
        self.entry = try parts[0].string
        var target = ""
        for index in stride(from: 0, to: words.count - 1, by: 2) where words[index] == Array("b".utf8) {
            target = String(decoding: words[index + 1], as: UTF8.self)
        }
        self.target = target
        self.bytes = words.reduce(0) { $0 + $1.count }
        self.arguments = [RedisArgument(entry), RedisArgument(words.count / 2)] + words.map { RedisArgument($0) }
    }

    /// In the order of the stream for each.
    static func byTarget(_ messages: [OutboxMessage]) -> [(String, [OutboxMessage])] {
        var groups: [(String, [OutboxMessage])] = []
        for message in messages {
            if let index = groups.firstIndex(where: { $0.0 == message.target }) {
                groups[index].1.append(message)
            } else {
                groups.append((message.target, [message]))
            }
        }
        return groups
    }
}
