import AloftCore
import RedisClient
import Synchronization

/// Reads the task streams of one worker over a connection of its own.
///
/// Everything that Redis hands out is either returned, or kept for the next call. After a read whose answer may be lost,
/// what Redis believes this worker holds is compared with what it does hold, and the rest is returned.
final class TaskPoller: Sendable {
    let worker: WorkerID
    /// The fences first, so that their end is noticed before anything is handed out.
    private let streams: [String]
    private let sources: Int
    private let connection: RedisDedicatedConnection
    /// The most entries of one stream that one answer can hold.
    private let maximumCount: Int

    private struct State {
        /// Read and not returned yet.
        var ready: [StreamMessage] = []
        /// Returned and not ended, or ready.
        var held: Set<TaskReceipt> = []
        /// How many answers may have been lost, and how many of these losses have been made up for.
        var losses = 0
        var recovered = 0
    }

    private let state = Mutex(State())

    /// - Parameter maximumEntries: How many entries fit into one answer of the server, however large they are.
    init(
        worker: WorkerID,
        fences: [String],
        sources: [String],
        maximumEntries: Int,
        connection: RedisDedicatedConnection
    ) {
        self.worker = worker
        self.streams = fences + sources
        self.sources = max(1, sources.count)
        self.maximumCount = max(1, maximumEntries / max(1, sources.count))
        self.connection = connection
    }

    /// Waits for messages, at most as long as said.
    ///
    /// - Throws: `RedisError`.
    func next(limit: Int, wait: Duration) async throws -> [StreamMessage] {
        guard limit > 0 else { return [] }
        if let ready = takeReady(limit) { return ready }
        let losses = state.withLock { $0.losses > $0.recovered ? $0.losses : nil }
        if let losses {
            keep(try await readPending())
            state.withLock { $0.recovered = losses }
            if let ready = takeReady(limit) { return ready }
        }
        let reply = try await certain {
            try await self.connection.send(
                self.command(count: max(1, min(limit / self.sources, self.maximumCount)), wait: wait),
                timeout: wait + .seconds(5)
            )
        }
        keep(StreamMessage.list(reply, isRepeated: false))
        return takeReady(limit) ?? []
    }

    /// The task was ended, or put away.
    func release(_ receipt: TaskReceipt) -> Bool {
        state.withLock { $0.held.remove(receipt) != nil }
    }

    /// Closes the connection; the next read makes a new one.
    func reconnect() {
        connection.reconnect()
    }

    func shutdown() async {
        await connection.shutdown()
    }

    private func command(count: Int, wait: Duration) -> RedisCommand {
        var words: [RedisArgument] = ["XREADGROUP", "GROUP", "g", RedisArgument(worker.rawValue), "COUNT"]
        // 0 would wait for ever.
        words += [RedisArgument(count), "BLOCK", RedisArgument(max(1, wait.redisMilliseconds)), "STREAMS"]
        words += streams.map { RedisArgument($0) }
        words += streams.map { _ in ">" }
        return RedisCommand(arguments: words)
    }

    /// What Redis believes to be in our hands and is not.
    private func readPending() async throws -> [StreamMessage] {
        // What is held now may be ended, and acknowledged, while this reads.
        let held = state.withLock { $0.held }
        let count = min(100, maximumCount)
        var lost: [StreamMessage] = []
        for stream in streams {
            var last = "0"
            while true {
                let reply = try await certain {
                    try await self.connection.send(
                        RedisCommand(
                            "XREADGROUP",
                            "GROUP",
                            "g",
                            RedisArgument(self.worker.rawValue),
                            "COUNT",
                            RedisArgument(count),
                            "STREAMS",
                            RedisArgument(stream),
                            RedisArgument(last)
                        )
                    )
                }
                let page = StreamMessage.list(reply, isRepeated: true)
                lost += page
                guard page.count == count, let end = page.last else { break }
                last = end.receipt.entry
            }
        }
        return lost.filter { !held.contains($0.receipt) }
    }

    private func keep(_ messages: [StreamMessage]) {
        guard !messages.isEmpty else { return }
        state.withLock { state in
            for message in messages where state.held.insert(message.receipt).inserted { state.ready.append(message) }
        }
    }

    private func takeReady(_ limit: Int) -> [StreamMessage]? {
        state.withLock { state in
            guard !state.ready.isEmpty else { return nil }
            let part = Array(state.ready.prefix(limit))
            state.ready.removeFirst(part.count)
            return part
        }
    }

    private func certain(_ body: () async throws -> RedisValue) async throws -> RedisValue {
        do {
            return try await body()
        } catch {
            state.withLock { $0.losses += 1 }
            throw error
        }
    }
}
