public import AloftCore
import RedisClient

extension RedisStore {
    public func watchDue(_ onNews: @escaping @Sendable (Timestamp) -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            for keys in partitions.keyspaces {
                group.addTask { await self.watch(keys.soon, onNews) }
            }
        }
    }

    private func watch(_ channel: String, _ onNews: @Sendable (Timestamp) -> Void) async {
        while !Task.isCancelled {
            do {
                for await event in try await announcements.subscriber.subscribe(channel) {
                    switch event {
                    case .message(let message): Int64(message.text).map { onNews(Timestamp(milliseconds: $0)) }
                    // What was told meanwhile is known by looking.
                    case .resubscribed, .missed: onNews(now)
                    }
                }
            } catch let error as RedisError where error.code == .shutdown {
                return
            } catch {
                // Without it what is due soon is late by a second at most, as it is meanwhile.
            }
            guard (try? await Task.sleep(for: .seconds(1))) != nil else { return }
        }
    }
}
