import AloftCore
import NIOCore
import RedisClient
import Synchronization

/// Calls scripts on a connection of its own, each flush with one barrier at its end, and answers when that is met.
///
/// A barrier holds up whatever comes behind it on its connection. So there is one flush at a time, everything that comes
/// meanwhile goes with the next, and reads have another connection. Nothing is left behind by a flush: a barrier on a later
/// connection would say nothing about it, and so the calls are repeated instead.
final class DurableWriter: Sendable {
    private static let flushCount = 512
    private static let flushBytes = 4 << 20

    private let client: RedisClient
    private let barrier: Barrier
    private let patience: Duration
    /// A write that changes nothing and is passed on to replicas. A barrier is for what its connection has written; a call that
    /// only finds done what an earlier connection did has written nothing.
    private let mark: RedisCommand

    private final class Entry: Sendable {
        let call: RedisScriptCall
        let subject: String
        let deadline: NIODeadline
        private let promise: EventLoopPromise<RedisValue>
        private let isAnswered = Atomic(false)

        init(_ call: RedisScriptCall, _ subject: String, _ deadline: NIODeadline, on loop: any EventLoop) {
            self.call = call
            self.subject = subject
            self.deadline = deadline
            self.promise = loop.makePromise()
        }

        var isOpen: Bool { !isAnswered.load(ordering: .relaxed) }
        var answer: EventLoopFuture<RedisValue> { promise.futureResult }

        func end(_ result: Result<RedisValue, any Error>) {
            guard !isAnswered.exchange(true, ordering: .relaxed) else { return }
            promise.completeWith(result)
        }
    }

    private struct State {
        var waiting: [Entry] = []
        var isFlushing = false
    }

    private let state = Mutex(State())

    init(_ client: RedisClient, _ barrier: Barrier, patience: Duration, mark: RedisCommand) {
        self.client = client
        self.barrier = barrier
        self.patience = patience
        self.mark = mark
    }

    /// - Throws: `RedisError`; `StoreError` with code `outcomeUnknown` if the call was carried out and the barrier is not met.
    func run(_ call: RedisScriptCall, _ subject: String) async throws -> RedisValue {
        let limit = TimeAmount(clamping: client.configuration.commandTimeout)
        let entry = Entry(call, subject, .now() + limit, on: client.eventLoop)
        return try await withTaskCancellationHandler {
            try enqueue(entry)
            return try await entry.answer.get()
        } onCancel: {
            let message = "the task was cancelled"
            entry.end(.failure(RedisError(code: .cancelled, message: message, mayHaveBeenExecuted: true)))
        }
    }

    func reconnect(ifMadeBefore moment: NIODeadline) { client.reconnect(ifMadeBefore: moment) }

    func shutdown() async { await client.shutdown() }

    private func enqueue(_ entry: Entry) throws(RedisError) {
        let limit = client.configuration.maximumPendingCommands
        let (isFull, starts) = state.withLock { state in
            guard state.waiting.count < limit else { return (true, false) }
            state.waiting.append(entry)
            return (false, !exchange(&state.isFlushing, with: true))
        }
        if isFull {
            let error = RedisError(code: .tooManyPendingCommands, message: "\(limit) commands are pending already")
            entry.end(.failure(error))
        }
        if starts { client.eventLoop.execute { self.flush() } }
    }

    private func flush() {
        let entries = next()
        guard !entries.isEmpty else { return }
        client.runAllFuture(
            entries.map(\.call),
            followedBy: [mark, barrier.command(timeout: patience)],
            timeout: client.configuration.commandTimeout + patience
        ).whenComplete { result in
            self.answer(entries, result)
            self.flush()
        }
    }

    /// What goes with the next flush; if nothing, there is none.
    private func next() -> [Entry] {
        let now = NIODeadline.now()
        let (entries, overdue) = state.withLock { state in
            state.waiting.removeAll { !$0.isOpen }
            let overdue = state.waiting.filter { $0.deadline <= now }
            state.waiting.removeAll { $0.deadline <= now }
            var bytes = 0
            let part = state.waiting.prefix(Self.flushCount).prefix { entry in
                defer { bytes += entry.call.bytes }
                return bytes < Self.flushBytes
            }
            state.waiting.removeFirst(part.count)
            state.isFlushing = !part.isEmpty
            return (Array(part), overdue)
        }
        for entry in overdue {
            let message = "the deadline passed while earlier writes were not safe yet"
            entry.end(.failure(RedisError(code: .timeout, message: message, address: client.configuration.address)))
        }
        return entries
    }

    private func answer(_ entries: [Entry], _ result: Result<[RedisScriptOutcome], any Error>) {
        switch result {
        case .failure(let error):
            for entry in entries { entry.end(.failure(error)) }
        case .success(let outcomes):
            for (entry, outcome) in zip(entries, outcomes) {
                entry.end(Result { try check(outcome, entry.subject) })
            }
        }
    }

    private func check(_ outcome: RedisScriptOutcome, _ subject: String) throws -> RedisValue {
        let reply = try outcome.get()
        let place = client.configuration.address
        do {
            guard let marked = outcome.followers.first, let reached = outcome.followers.last else {
                throw StoreError.corrupt("\(subject): the replies do not fit the commands")
            }
            _ = try marked.get()
            guard let shortfall = try barrier.shortfall(in: reached) else { return reply }
            throw StoreError(
                .outcomeUnknown,
                "\(subject) was carried out by Redis at \(place), but after \(patience) \(shortfall): it is lost if "
                    + "that server is. Repeat the call, which does it no second time, or see after the server's "
                    + "replicas and disk"
            )
        } catch let error as RedisError {
            throw StoreError(
                .outcomeUnknown,
                "\(subject) was carried out by Redis at \(place), which did not say whether it is safe: \(error.message)",
                underlying: error.at(place)
            )
        }
    }
}

extension RedisError {
    fileprivate func at(_ address: RedisAddress) -> RedisError {
        var copy = self
        copy.address = address
        // Never taken for a refusal.
        copy.mayHaveBeenExecuted = true
        return copy
    }
}
