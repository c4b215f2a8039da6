public import AloftCore
import RedisClient

/// What a call of `beat.lua` is for.
enum BeatPurpose: String {
    case first = "f"
    case regular = "b"
    /// Streams and groups were lost.
    case heal = "h"
}

extension RedisStore {
    public func beat(_ registration: WorkerRegistration, isFirst: Bool) async throws(StoreError) -> Bool {
        try registration.worker.validated()
        for queue in registration.queues { try queue.validated() }
        return try await beat(registration, isFirst ? .first : .regular)
    }

    func beat(_ registration: WorkerRegistration, _ purpose: BeatPurpose) async throws(StoreError) -> Bool {
        var isAlive = true
        for keys in partitions.keyspaces {
            let call = Self.beatCall(registration, purpose, in: keys)
            let reply = try await timed(
                call.script,
                "registering worker \(registration.worker)",
                keys: call.keys,
                arguments: call.arguments
            )
            isAlive = try reply.int(1) == 1 && isAlive
        }
        return isAlive
    }

    static func beatCall(
        _ registration: WorkerRegistration,
        _ purpose: BeatPurpose,
        in keys: Keyspace
    ) -> RedisScriptCall {
        let worker = registration.worker
        func names(_ queues: [TaskQueue]) -> RedisArgument {
            RedisArgument(queues.map(\.rawValue).joined(separator: "\0"))
        }
        var streams: [String] = []
        if purpose != .regular {
            streams = [keys.ownStream(worker), keys.fence(worker)]
            streams += registration.workflowQueues.map { keys.workflowQueue($0) }
            streams += registration.activityQueues.map { keys.activityQueue($0) }
        }
        return RedisScriptCall(
            Scripts.beat,
            keys: [keys.workers, keys.registration(worker)] + streams.map { RedisArgument($0) },
            arguments: [
                RedisArgument(worker.rawValue), RedisArgument(purpose.rawValue), RedisArgument(registration.host),
                names(registration.workflowQueues), names(registration.activityQueues),
            ]
        )
    }

    public func leave(_ registration: WorkerRegistration) async throws(StoreError) {
        try registration.worker.validated()
        await closePollers(of: registration.worker)
        for keys in partitions.keyspaces {
            while case .more = try await takeOver(from: registration.worker, isDead: false, in: keys).progress {}
        }
    }
}
