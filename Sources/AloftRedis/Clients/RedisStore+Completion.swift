public import AloftCore
import RedisClient

extension RedisStore {
    /// How often whoever waits for an instance asks for it again; `await.lua` forgets stores that do not.
    private static let askingInterval = Duration.seconds(600)

    public func completion(of instance: InstanceID) async throws(StoreError) -> Completion {
        try instance.validated()
        try await announcements.open()
        let ticket = try completions.register(instance)
        defer { completions.remove(ticket) }
        let reminder = Task { [completions] in
            // A store that did not say for long that it still waits is not told any more.
            while (try? await Task.sleep(for: Self.askingInterval)) != nil { completions.wake(instance) }
        }
        defer { reminder.cancel() }
        // Continuations are the same instance; one that takes its place is another.
        var first = ""
        while true {
            switch try await look(at: instance, first) {
            case .finished(let completion): return completion
            case .open(let execution): first = execution
            }
            try await completions.sleep(ticket)
        }
    }

    private enum Look {
        /// Its first execution; this store will be told.
        case open(String)
        case finished(Completion)
    }

    /// - Parameter first: The first execution of the instance that is meant; empty: any.
    private func look(at instance: InstanceID, _ first: String) async throws(StoreError) -> Look {
        let subject = "waiting for instance \"\(instance)\""
        let keys = partitions[instance]
        let value = try await call(
            Scripts.await,
            subject,
            keys: [keys.instance(instance), keys.history(instance)],
            arguments: [RedisArgument(id), RedisArgument(first)]
        )
        let reply = try Reply(value, of: subject)
        switch try reply.int(0) {
        case 0:
            // It was there: perhaps the others are gone, too.
            if !first.isEmpty { completions.wakeAll() }
            throw .notFound(instance)
        case 1: return .open(try reply.text(1))
        case 3:
            let reason = Failure.replacedReason
            return .finished(.terminated(Failure(kind: .terminated, type: "Terminated", message: reason)))
        default:
            let events = try Self.decode(batch: try reply.bytes(1), of: instance)
            guard let completion = events.last.flatMap({ Completion($0.body) }) else {
                throw .corrupt("the history of instance \"\(instance)\", which has finished, does not say how")
            }
            return .finished(completion)
        }
    }
}
