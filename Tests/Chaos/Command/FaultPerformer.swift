import ChaosKit
import Foundation
import LocalRedis
import RedisClient
import Synchronization

/// Does what a plan says, to each victim on its own.
final class FaultPerformer: Sendable {
    private let scene: Scene
    private let start = ContinuousClock.now
    private let kills = Mutex<[Victim: Int]>([:])
    private let troubles = Mutex<[String]>([])

    init(_ scene: Scene) { self.scene = scene }

    var redisKills: Int { kills.withLock { $0[.redis] ?? 0 } }
    var workerKills: Int {
        kills.withLock { kills in
            kills.reduce(0) { sum, entry in if case .worker = entry.key { sum + entry.value } else { sum } }
        }
    }

    /// What did not go as it should.
    var complaints: [String] { troubles.withLock { $0 } }

    /// Returns when the last fault is over.
    func perform(_ plan: FaultPlan) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for timeline in plan.timelines { group.addTask { try await self.perform(timeline) } }
            try await group.waitForAll()
        }
    }

    private func perform(_ timeline: FaultTimeline) async throws {
        for entry in timeline.entries {
            try await Task.sleep(until: start + .milliseconds(entry.at))
            let time = String(format: "%6.2f s", (ContinuousClock.now - start) / .seconds(1))
            Console.note("\(time)  \(timeline.victim): \(entry.fault)")
            switch timeline.victim {
            case .redis: try await strikeRedis(entry.fault)
            case .worker(let number): try await strike(scene.workers[number], entry.fault)
            case .client(let number): try await strike(scene.clients[number], entry.fault)
            }
        }
    }

    private func strike(_ place: Place, _ fault: Fault) async throws {
        switch fault {
        case .kill(let pause):
            count(place.victim)
            try await blocking { place.kill() }
            try await Task.sleep(for: .milliseconds(pause))
            try await blocking { try place.start() }
        case .pause(let pause):
            place.freeze()
            try await Task.sleep(for: .milliseconds(pause))
            place.thaw()
        case .drain:
            try await blocking {
                let name = place.names.last ?? ""
                if !place.drain() { self.complain("\(name) was told to stop and did not within 15 s") }
                try place.start()
            }
        case .closeConnections, .flushScripts: break
        }
    }

    private func strikeRedis(_ fault: Fault) async throws {
        let redis = scene.redis
        switch fault {
        case .kill(let pause):
            count(.redis)
            try await blocking { redis.kill() }
            try await Task.sleep(for: .milliseconds(pause))
            try await blocking { try redis.restart() }
        case .pause(let pause):
            redis.freeze()
            try await Task.sleep(for: .milliseconds(pause))
            redis.thaw()
        case .closeConnections(let type): await order(RedisCommand("CLIENT", "KILL", "TYPE", RedisArgument(type)))
        case .flushScripts: await order(RedisCommand("SCRIPT", "FLUSH"))
        case .drain: break
        }
    }

    /// One that kills its own connection gets no answer.
    private func order(_ command: RedisCommand) async { _ = try? await scene.admin.send(command) }

    private func count(_ victim: Victim) { kills.withLock { $0[victim, default: 0] += 1 } }
    private func complain(_ text: String) { troubles.withLock { $0.append(text) } }
}
