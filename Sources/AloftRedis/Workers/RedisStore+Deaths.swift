public import AloftCore
import RedisClient

extension RedisStore {
    public func declareDead(_ workers: [WorkerID], lastWords: String?) async throws(StoreError) {
        for worker in workers { try worker.validated() }
        let limit = min(LastWords.maximumBytes, configuration.maximumPayloadBytes / 2)
        let said = lastWords.flatMap { LastWords($0, limit: limit) }
        for worker in workers {
            for keys in partitions.keyspaces {
                _ = try await timed(
                    Scripts.dead,
                    "declaring worker \(worker) dead",
                    keys: [keys.workers, keys.registration(worker), RedisArgument(keys.fence(worker))],
                    arguments: [
                        RedisArgument(worker.rawValue), RedisArgument(said?.text ?? ""),
                        RedisArgument(said?.headline ?? ""),
                    ],
                    isAwaited: false
                )
            }
        }
    }
}
