import AloftRedis
import ArgumentParser
import ChaosKit
import Foundation
import LocalRedis
import Logging
import RedisClient

/// A private Redis and the processes that use it.
final class Scene: Sendable {
    let redis: LocalRedis
    /// Of journals and logs; within that of Redis, which goes when this process does, whatever way.
    let folder: String
    let setting: Setting
    let store: RedisStore
    let admin: RedisClient
    let workers: [Place]
    let clients: [Place]
    /// From when on clients start nothing.
    let end: Date
    /// For how long anything is kept after it has finished.
    let longestRetention: Duration

    /// How long what is finished is kept after the end of the load, at least. Time enough to look at all of it.
    static let margin = 20

    init(seed: UInt64, _ size: ChaosRun.Size) async throws {
        redis = try LocalRedis(LocalRedisOptions(persistence: .aofAlways))
        let folder = redis.folder + "/chaos"
        self.folder = folder
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let partitions = seed.isMultiple(of: 2) ? 1 : 4
        let words = ["--url", redis.url, "--partitions", "\(partitions)", "--folder", folder]
        let setting = try Setting.parse(words)
        self.setting = setting
        let quiet = Logger(label: "chaos") { _ in SwiftLogNoOpLogHandler() }
        store = try await RedisStore(setting.store(), logger: quiet)
        admin = RedisClient(try RedisConfiguration(url: redis.url), logger: quiet)
        // Workers need a moment to start before the load does.
        let end = Date(timeIntervalSinceNow: Double(size.seconds) + 3)
        self.end = end
        longestRetention = .seconds(size.seconds + 3 + Self.margin)
        workers = (0..<size.workers).map { place in
            Place(.worker(place), folder: folder) { name in
                ["worker", "--name", name, "--place", "\(place)"] + setting.arguments
            }
        }
        clients = (0..<size.clients).map { place in
            let until = end.millisecondsSince1970
            let words = ["--seed", "\(seed)", "--place", "\(place)", "--lanes", "\(size.lanes)"]
            let times = ["--until", "\(until)", "--keep", "\(until + Self.margin * 1_000)"]
            return Place(.client(place), folder: folder) { _ in ["client"] + words + times + setting.arguments }
        }
    }

    /// Ends everything. Blocks.
    ///
    /// - Parameter isDrained: Whether workers are told to stop, which they are to do in time.
    /// - Returns: The workers that did not.
    func close(isDrained: Bool) async -> [String] {
        let (workers, clients) = (workers, clients)
        let slow = try? await blocking {
            for client in clients { client.kill() }
            guard isDrained else {
                for worker in workers { worker.kill() }
                return [String]()
            }
            return workers.filter { !$0.drain() }.compactMap(\.names.last)
        }
        await store.shutdown()
        await admin.shutdown()
        return slow ?? []
    }

    /// Keeps journals, logs and what Redis wrote, for somebody to look at. Redis must have ended.
    func keep(as path: String) throws { try FileManager.default.copyItem(atPath: redis.folder, toPath: path) }
}
