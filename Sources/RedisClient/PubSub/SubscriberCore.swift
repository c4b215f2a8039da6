import NIOConcurrencyHelpers
import NIOCore

/// Keeps what the server sends in step with who listens.
///
/// Requests are submitted while the table is locked, so that subscribing and unsubscribing a channel reach the server
/// in the order in which the table saw them.
final class SubscriberCore: Sendable {
    let driver: ConnectionDriver
    private let table = NIOLockedValueBox(SubscriptionTable())

    init(_ driver: ConnectionDriver) {
        self.driver = driver
        driver.install(
            ConnectionDriver.Hooks(
                takesPush: { self.takesPush($0) },
                ready: { self.ready() },
                idle: { self.checkAlive() },
                stopped: { self.close() }
            )
        )
    }

    func subscribe(_ channel: String, timeout: TimeAmount) async throws -> RedisSubscription {
        let deadline = NIODeadline.now() + timeout
        let (stream, continuation) = AsyncStream.makeStream(
            of: RedisSubscriptionEvent.self,
            bufferingPolicy: .bufferingNewest(RedisSubscription.bufferedEvents)
        )
        let id = table.withLockedValue { $0.add(continuation, to: channel) }
        // Weak, or an unread subscription would keep its subscriber alive.
        continuation.onTermination = { [weak self] _ in self?.remove(id, from: channel) }
        while true {
            do {
                let command = try EncodedCommands(["SUBSCRIBE", RedisArgument(channel)])
                _ = try await driver.send(command, timeout: deadline - .now())
                table.withLockedValue { $0.confirm(id, of: channel) }
                return RedisSubscription(channel: channel, stream: stream, continuation: continuation)
            } catch let error as RedisError where error.code == .connectionClosed {
                // Subscribing twice is as good as once, so this may be repeated until the deadline.
                continue
            } catch {
                continuation.finish()
                throw error
            }
        }
    }

    private func remove(_ id: Int, from channel: String) {
        table.withLockedValue { table in
            guard table.remove(id, from: channel), !table.isClosed else { return }
            guard let command = try? EncodedCommands(["UNSUBSCRIBE", RedisArgument(channel)]) else { return }
            driver.submit(RedisRequest(command, timeout: driver.defaultTimeout))
        }
    }

    /// A new connection stands and knows no channel yet.
    private func ready() -> [RedisRequest] {
        let channels = table.withLockedValue { $0.channels }
        guard !channels.isEmpty else { return [] }
        // One command per channel: each has one reply, also when it is refused.
        let commands = channels.map { RedisCommand("SUBSCRIBE", RedisArgument($0)) }
        var buffer = ByteBuffer()
        for command in commands {
            guard (try? EncodedCommands(command.arguments).write(to: &buffer)) != nil else { return [] }
        }
        let request = RedisRequest(several: buffer, count: channels.count, timeout: driver.defaultTimeout)
        request.completion = .callback { [weak self] result in
            guard let self, case .success = result else { return }
            for listener in self.table.withLockedValue({ $0.confirmedListeners(of: channels) }) {
                self.yield(.resubscribed, to: listener)
            }
        }
        return [request]
    }

    private func checkAlive() {
        guard let command = try? EncodedCommands(["PING"]) else { return }
        driver.submit(RedisRequest(command, timeout: driver.defaultTimeout))
    }

    /// RESP2 sends messages as arrays of three among the replies.
    private func takesPush(_ value: RedisValue) -> Bool {
        guard case .array(let parts) = value, parts.count == 3, case .bulk(let kind) = parts[0],
            kind.elementsEqual("message".utf8), case .bulk(let channel) = parts[1], case .bulk(let payload) = parts[2]
        else { return false }
        let name = String(decoding: channel, as: UTF8.self)
        let event = RedisSubscriptionEvent.message(RedisMessage(channel: name, payload: payload))
        for listener in table.withLockedValue({ $0.listeners(of: name) }) { yield(event, to: listener) }
        return true
    }

    private func yield(_ event: RedisSubscriptionEvent, to listener: SubscriptionTable.Continuation) {
        if case .dropped = listener.yield(event) { listener.yield(.missed) }
    }

    private func close() {
        for listener in table.withLockedValue({ $0.close() }) { listener.finish() }
    }
}
