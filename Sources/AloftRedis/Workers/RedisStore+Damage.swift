import AloftCore
import Logging
import RedisClient

// What a tick meets that nobody should have written. It must not keep the rest of the fleet from its work.
extension RedisStore {
    /// Logs what a tick could not carry out: the number of instances stands at `index`, then each with what is wrong.
    ///
    /// - Returns: Where the reply goes on.
    func tell(problemsIn reply: Reply, from index: Int) throws(StoreError) -> Int {
        let count = min(try reply.amount(index), reply.count)
        let end = index + 1 + 2 * count
        for place in stride(from: index + 1, to: end, by: 2) {
            let (instance, error) = (try reply.text(place), try reply.text(place + 1))
            guard !instance.isEmpty else {
                logger.error("what has expired cannot be cleared away", metadata: ["error": "\(error)"])
                continue
            }
            logger.error(
                "what is due for an instance cannot be carried out, and is put off by a minute",
                metadata: ["instance": "\(instance)", "error": "\(error)"]
            )
        }
        return end
    }

    /// The error of a tick that could not read what is due, or the outbox.
    ///
    /// - Parameter text: What Redis says; empty if nothing was wrong.
    func foreignKey(toldBy text: String, in keys: Keyspace) async -> StoreError? {
        guard !text.isEmpty else { return nil }
        let subject = "carrying out what is due"
        let code = String(text.prefix { $0 != " " })
        let error = RedisError(code: .server, message: text, serverCode: code)
        return await named(StoreError(error, while: subject), keys: [keys.due, keys.outbox], subject)
    }

    /// Logs what could not be taken over: from `index` on an instance, and what is wrong with it.
    func tell(problemsIn reply: Reply, from index: Int, of worker: WorkerID) throws(StoreError) {
        for place in stride(from: index, to: reply.count - 1, by: 2) {
            let (instance, error) = (try reply.text(place), try reply.text(place + 1))
            logger.error(
                "something cannot be taken over and is left to the audit",
                metadata: ["worker": "\(worker)", "instance": "\(instance)", "error": "\(error)"]
            )
        }
    }

    /// A member of the set of workers. What cannot be the name of one is taken out: nobody could take over from it by name.
    func memberOfWorkers(_ reply: Reply, _ index: Int, in keys: Keyspace) async throws(StoreError) -> WorkerID? {
        let bytes = try reply.bytes(index)
        if let name = String(validating: bytes, as: UTF8.self) { return WorkerID(name) }
        logger.error("the set of workers had a member that is no text", metadata: ["key": "\(keys.base)workers"])
        let command = RedisCommand("ZREM", keys.workers, RedisArgument(bytes))
        _ = try await repeating("taking something out of the set of workers", .always) { () async throws in
            try await self.redis.send(command)
        }
        return nil
    }
}
