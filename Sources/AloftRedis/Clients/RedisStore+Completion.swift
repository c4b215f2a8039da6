public import AloftCore
import RedisClient

extension RedisStore {
    public func completion(of instance: InstanceID) async throws(StoreError) -> Completion {
        try instance.validated()
        try await announcements.open()
        let ticket = try completions.register(instance)
        defer { completions.remove(ticket) }
        while true {
            if let completion = try await look(at: instance) { return completion }
            try await completions.sleep(ticket)
        }
    }

    /// How the instance ended, or `nil` after noting that this store wants to be told.
    private func look(at instance: InstanceID) async throws(StoreError) -> Completion? {
        let subject = "waiting for instance \"\(instance)\""
        let keys = partitions[instance]
        let value = try await call(
            Scripts.await,
            subject,
            keys: [keys.instance(instance), keys.history(instance)],
            arguments: [RedisArgument(id)]
        )
        let reply = try Reply(value, of: subject)
        switch try reply.int(0) {
        case 0: throw .notFound(instance)
        case 1: return nil
        default:
            let events = try Self.decode(batch: try reply.bytes(1), of: instance)
            guard let completion = events.last.flatMap({ Completion($0.body) }) else {
                throw .corrupt("the history of instance \"\(instance)\", which has finished, does not say how")
            }
            return completion
        }
    }
}
