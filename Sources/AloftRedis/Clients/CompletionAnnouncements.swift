import AloftCore
import NIOCore
import RedisClient
import Synchronization

/// The subscription through which this store learns that an instance has ended that somebody here waits for.
///
/// Made by the first who waits. After it was interrupted everybody looks again.
final class CompletionAnnouncements: Sendable {
    let subscriber: RedisSubscriber
    private let channels: [String]
    private let waiters: CompletionWaiters
    private let opening = Mutex<Task<Void, any Error>?>(nil)
    private let watching = Mutex<Task<Void, Never>?>(nil)
    private let interval: Duration

    /// - Parameter interval: How often somebody who waits looks without being told to. A server that is not the right one any
    ///   more, or has lost everything, answers a subscriber as ever.
    init(subscriber: RedisSubscriber, channels: [String], waiters: CompletionWaiters, interval: Duration) {
        self.interval = interval
        self.subscriber = subscriber
        self.channels = channels
        self.waiters = waiters
    }

    /// Returns once announcements arrive.
    func open() async throws(StoreError) {
        let task = opening.withLock { opening in
            if let opening { return opening }
            let task = Task { try await self.subscribe() }
            opening = task
            return task
        }
        do {
            try await task.value
        } catch {
            // The next one tries again.
            opening.withLock { if $0 == task { $0 = nil } }
            throw StoreError(error, while: "subscribing to the ends of instances")
        }
    }

    /// Leaves a server that is not the right one any more. Whoever waits looks again.
    func reconnect(ifMadeBefore moment: NIODeadline) {
        subscriber.reconnect(ifMadeBefore: moment)
    }

    func shutdown() async {
        watching.withLock { $0.take() }?.cancel()
        await subscriber.shutdown()
    }

    private func watch() {
        watching.withLock { watching in
            guard watching == nil else { return }
            let (interval, waiters) = (interval, waiters)
            watching = Task {
                while (try? await Task.sleep(for: interval)) != nil { waiters.wakeAny() }
            }
        }
    }

    private func subscribe() async throws {
        watch()
        for channel in channels {
            let subscription = try await subscriber.subscribe(channel)
            let waiters = waiters
            Task {
                for await event in subscription {
                    switch event {
                    case .message(let message): waiters.wake(InstanceID(message.text))
                    case .resubscribed, .missed: waiters.wakeAll()
                    }
                }
                waiters.wakeAll()
            }
        }
    }
}
