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
        for name in registration.workflows { try IdentifierRules.check(name, subject: "workflow name") }
        for name in registration.activities { try IdentifierRules.check(name, subject: "activity name") }
        let isAlive = try await beat(registration, isFirst ? .first : .regular)
        if isFirst, isAlive { presentWorkers.enter(registration.worker) }
        return isAlive
    }

    func beat(_ registration: WorkerRegistration, _ purpose: BeatPurpose) async throws(StoreError) -> Bool {
        var isAlive = true
        for keys in partitions.keyspaces {
            let call = Self.beatCall(registration, purpose, lease: leaseDuration, in: keys)
            let reply = try await timed(
                call.script,
                "registering worker \(registration.worker)",
                keys: call.keys,
                arguments: call.arguments,
                isAwaited: false
            )
            isAlive = try reply.int(1) == 1 && isAlive
        }
        return isAlive
    }

    static func beatCall(
        _ registration: WorkerRegistration,
        _ purpose: BeatPurpose,
        lease: Duration,
        in keys: Keyspace
    ) -> RedisScriptCall {
        let worker = registration.worker
        func names(_ names: [String]) -> RedisArgument { RedisArgument(names.joined(separator: "\0")) }
        // What does not change is told once.
        let isTold = purpose != .regular
        var streams: [String] = []
        if purpose != .regular {
            streams = [keys.ownStream(worker), keys.fence(worker)]
            streams += registration.workflowQueues.map { keys.workflowQueue($0) }
            streams += registration.activityQueues.map { keys.activityQueue($0) }
        }
        return RedisScriptCall(
            Scripts.beat,
            keys: [keys.workers, keys.registration(worker), keys.outbox, keys.received, keys.queues]
                + streams.map { RedisArgument($0) },
            arguments: [
                RedisArgument(worker.rawValue), RedisArgument(purpose.rawValue), RedisArgument(registration.host),
                names(registration.workflowQueues.map(\.rawValue)), names(registration.activityQueues.map(\.rawValue)),
                names(isTold ? registration.workflows : []), names(isTold ? registration.activities : []),
                RedisArgument(lease.redisMilliseconds),
            ]
        )
    }

    public func leave(_ registration: WorkerRegistration) async throws(StoreError) {
        try registration.worker.validated()
        defer { presentWorkers.leave(registration.worker) }
        await closePollers(of: registration.worker)
        for keys in partitions.keyspaces {
            while case .more = try await takeOver(
                from: registration.worker,
                isDead: false,
                after: .zero,
                in: keys
            ).progress {}
        }
    }
}
