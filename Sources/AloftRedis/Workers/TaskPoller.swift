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
    private let fences: [String]
    private let sources: [String]
    /// What it reads.
    var keys: [String] { fences + sources }
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
        /// The source at which the next look at some of them begins.
        var turn = 0
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
        self.fences = fences
        self.sources = sources
        self.maximumCount = max(1, maximumEntries / max(1, sources.count))
        self.connection = connection
    }

    /// Waits for messages, at most as long as said.
    ///
    /// - Parameter patience: For how much longer than that an answer is waited for.
    /// - Throws: `RedisError`.
    func next(limit: Int, wait: Duration, patience: Duration) async throws -> [StreamMessage] {
        guard limit > 0 else { return [] }
        if let ready = takeReady(limit) { return ready }
        let losses = state.withLock { $0.losses > $0.recovered ? $0.losses : nil }
        if let losses {
            keep(try await readPending())
            state.withLock { $0.recovered = losses }
            if let ready = takeReady(limit) { return ready }
        }
        if limit < sources.count {
            try await lookInTurn(limit)
            if let ready = takeReady(limit) { return ready }
        }
        let count = max(1, min(limit / max(1, sources.count), maximumCount))
        let reply = try await certain {
            try await self.connection.send(
                self.command(self.sources, count: count, wait: wait),
                timeout: wait + patience
            )
        }
        keep(StreamMessage.list(reply, isRepeated: false))
        return takeReady(limit) ?? []
    }

    /// Takes what waits without taking more than wanted: one read hands out an entry of each source at least, so that no more
    /// sources are read at once than there is room for, the next time others first. What is handed out beyond that would
    /// wait here for room while other workers are idle.
    private func lookInTurn(_ limit: Int) async throws {
        let first = state.withLock { state in
            defer { state.turn = (state.turn + limit) % sources.count }
            return state.turn
        }
        var found = 0
        var seen = 0
        while seen < sources.count, found < limit {
            let part = (0..<min(limit - found, sources.count - seen)).map {
                sources[(first + seen + $0) % sources.count]
            }
            seen += part.count
            let reply = try await certain {
                try await self.connection.send(self.command(part, count: 1, wait: nil))
            }
            let messages = StreamMessage.list(reply, isRepeated: false)
            found += messages.count
            keep(messages)
        }
    }

    /// Takes what Redis handed out and nobody was given: it came too late, or its answer was lost. For a worker that reads no
    /// more.
    func takeUnseen() async throws -> [StreamMessage] {
        keep(try await readPending())
        return takeReady(.max) ?? []
    }

    /// The task was ended, or put away.
    func release(_ receipt: TaskReceipt) -> Bool {
        state.withLock { $0.held.remove(receipt) != nil }
    }

    /// What Redis says to be in our hands is looked through before the next read: it may say what was so some time ago.
    func distrust() {
        state.withLock { $0.losses += 1 }
        connection.reconnect()
    }

    /// Closes the connection; the next read makes a new one.
    func reconnect() {
        connection.reconnect()
    }

    func shutdown() async {
        await connection.shutdown()
    }

    /// - Parameter wait: `nil`: answer at once.
    private func command(_ sources: [String], count: Int, wait: Duration?) -> RedisCommand {
        let streams = fences + sources
        var words: [RedisArgument] = ["XREADGROUP", "GROUP", "g", RedisArgument(worker.rawValue), "COUNT"]
        words.append(RedisArgument(count))
        // 0 would wait for ever.
        if let wait { words += ["BLOCK", RedisArgument(max(1, wait.redisMilliseconds))] }
        words.append("STREAMS")
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
        for stream in fences + sources {
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
