public import AloftCore
import RedisClient

extension RedisStore {
    public func setTrial(of suspect: Suspect, by worker: WorkerID, isOn: Bool) async throws(StoreError) {
        try suspect.instance.validated()
        try worker.validated()
        // A worker dies in each partition by itself, and whoever takes over there must know what is on trial elsewhere.
        for keys in partitions.keyspaces {
            let reply = try await timed(
                Scripts.trial,
                isOn
                    ? "putting instance \"\(suspect.instance)\" on trial" : "clearing instance \"\(suspect.instance)\"",
                keys: [keys.trials(worker), RedisArgument(keys.fence(worker))],
                arguments: [RedisArgument(suspect.member), isOn ? "1" : "0"]
            )
            guard try reply.int(1) == 1 || !isOn else { throw .leaseLost(worker) }
        }
    }
}

extension Suspect {
    /// As `shared.lua` tells.
    fileprivate var member: String {
        guard let command else { return "w\0\(instance)\0\(execution)" }
        return "a\0\(instance)\0\(execution)\0\(command.number)"
    }
}
