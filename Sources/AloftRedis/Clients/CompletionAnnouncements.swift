import AloftCore
import RedisClient
import Synchronization

/// The subscription through which this store learns that an instance has ended that somebody here waits for.
///
/// Made by the first who waits. After it was interrupted everybody looks again.
final class CompletionAnnouncements: Sendable {
    private let subscriber: RedisSubscriber
    private let channels: [String]
    private let waiters: CompletionWaiters
    private let opening = Mutex<Task<Void, any Error>?>(nil)

    init(subscriber: RedisSubscriber, channels: [String], waiters: CompletionWaiters) {
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

    func shutdown() async {
        await subscriber.shutdown()
    }

    private func subscribe() async throws {
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
