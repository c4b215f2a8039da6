import AloftCore
import AloftMetrics
import CoreMetrics
import NIOCore
import RedisClient

/// What may be done about a call whose answer was lost.
enum Repetition {
    /// Send it again: the second time changes nothing, or does what the first did not.
    case always
    /// It only reads: send it again, and it certainly was not carried out.
    case reading
    /// Send it again only if it certainly was not carried out.
    case unlessExecuted
}

extension RedisStore {
    /// Calls a script whose reply is a list that begins with the time.
    ///
    /// - Parameter isAwaited: Whether it counts only when it is as safe as ``Configuration/durability`` says. Not for what is
    ///   done again if it is lost.
    func timed(
        _ script: RedisScript,
        _ subject: String,
        keys: [RedisArgument],
        arguments: [RedisArgument],
        repetition: Repetition = .always,
        isAwaited: Bool = true
    ) async throws(StoreError) -> Reply {
        let value = try await call(
            script,
            subject,
            keys: keys,
            arguments: arguments,
            repetition: repetition,
            isAwaited: isAwaited
        )
        let reply = try Reply(value, of: subject)
        time.observe(Int64(try reply.int(0)))
        return reply
    }

    /// Calls a script, again and again for a while if that may help.
    func call(
        _ script: RedisScript,
        _ subject: String,
        keys: [RedisArgument],
        arguments: [RedisArgument],
        repetition: Repetition = .always,
        isAwaited: Bool = true
    ) async throws(StoreError) -> RedisValue {
        do throws(StoreError) {
            return try await persistentCall(
                script,
                subject,
                keys: keys,
                arguments: arguments,
                repetition: repetition,
                isAwaited: isAwaited
            )
        } catch {
            throw await named(error, keys: keys, subject)
        }
    }

    private func persistentCall(
        _ script: RedisScript,
        _ subject: String,
        keys: [RedisArgument],
        arguments: [RedisArgument],
        repetition: Repetition,
        isAwaited: Bool
    ) async throws(StoreError) -> RedisValue {
        let writer = isAwaited && repetition != .reading ? writer : nil
        return try await repeating(subject, repetition) { () async throws in
            // Asked for only if somebody wants to know.
            let start = self.metrics.map { _ in ContinuousClock.now }
            defer { if let start { self.metrics?.callDuration.recordTime(since: start) } }
            guard let writer else { return try await self.redis.run(script, keys: keys, arguments: arguments) }
            return try await writer.run(RedisScriptCall(script, keys: keys, arguments: arguments), subject)
        }
    }

    /// Sends a command that changes nothing.
    func read(_ command: RedisCommand, _ subject: String) async throws(StoreError) -> RedisValue {
        do throws(StoreError) {
            return try await persistentRead(command, subject)
        } catch {
            throw await named(error, keys: Array(command.arguments.dropFirst().prefix(1)), subject)
        }
    }

    private func persistentRead(_ command: RedisCommand, _ subject: String) async throws(StoreError) -> RedisValue {
        try await repeating(subject, .reading) { () async throws in try await self.redis.send(command) }
    }

    func repeating(
        _ subject: String,
        _ repetition: Repetition,
        _ body: () async throws -> RedisValue
    ) async throws(StoreError) -> RedisValue {
        var pause = RetryPause(limit: configuration.retryDuration)
        var isOutcomeUnknown = false
        while true {
            let sentAt = NIODeadline.now()
            do {
                return try await body()
            } catch {
                var failure = StoreError(error, while: subject)
                isOutcomeUnknown = isOutcomeUnknown || failure.code == .outcomeUnknown
                if (error as? RedisError)?.isOfAnotherRole == true { leaveServer(connectedBefore: sentAt) }
                let mayRepeat = failure.isPassing && (repetition != .unlessExecuted || failure.code == .unavailable)
                if mayRepeat, await pause.wait() { continue }
                if isOutcomeUnknown, failure.code == .unavailable { failure.code = .outcomeUnknown }
                if repetition == .reading, failure.code == .outcomeUnknown { failure.code = .unavailable }
                throw failure
            }
        }
    }
}

extension RedisStore {
    /// Gives up connections to a server that is not the one to write to any more. Those that were made since lead, for all
    /// that is known, to the right one.
    func leaveServer(connectedBefore moment: NIODeadline) {
        redis.reconnect(ifMadeBefore: moment)
        writer?.reconnect(ifMadeBefore: moment)
        announcements.reconnect(ifMadeBefore: moment)
    }
}

/// Growing pauses between the tries of a call, with jitter, until a time has passed.
struct RetryPause {
    private let end: ContinuousClock.Instant
    private var next: Duration = .milliseconds(10)

    init(limit: Duration) {
        end = .now + limit
    }

    /// - Returns: `false` without waiting, if time is up or the task is cancelled.
    mutating func wait() async -> Bool {
        let pause = next * Double.random(in: 0.5...1)
        guard !Task.isCancelled, .now + pause < end else { return false }
        next = min(next * 2, .milliseconds(500))
        return (try? await Task.sleep(for: pause)) != nil
    }
}
