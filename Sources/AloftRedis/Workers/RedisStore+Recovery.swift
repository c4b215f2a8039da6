import AloftCore
import Logging
import NIOCore
import RedisClient
import Synchronization

/// Which process of the server answers: another one after a restart, and after a failover.
struct ServerIdentity: Hashable {
    private let run: Substring

    /// - Parameter info: The answer to `INFO server`; `nil` if it does not tell.
    init?(_ info: String) {
        guard let line = info.split(whereSeparator: \.isNewline).first(where: { $0.hasPrefix("run_id:") }) else {
            return nil
        }
        run = line.dropFirst(7)
    }

    static let question = RedisCommand("INFO", "server")
}

// After a restart or a failover, what Redis has may be older than what it acknowledged. A worker that lives on then holds,
// in the eyes of Redis, tasks that it has ended long since, and nobody would ever take these over.
extension RedisStore {
    /// Brings a worker and a server into line that was restarted, or that took the place of another. Tries until that is
    /// done or the worker holds nothing any more: nobody else would do it while the worker lives.
    ///
    /// - Parameter moment: When the server was found to be another one.
    func recover(_ worker: WorkerID, from identity: ServerIdentity, at moment: NIODeadline) async {
        logger.warning("Redis was restarted or replaced; looking for work that it has taken back")
        var pause = Duration.milliseconds(100)
        while pollers.withLock({ $0[worker] }) != nil {
            do throws(StoreError) {
                try await recoverOnce(worker, from: identity, at: moment)
                break
            } catch {
                logger.warning(
                    "work that Redis may have taken back could not be looked for, trying again",
                    metadata: ["error": "\(error)"]
                )
            }
            guard (try? await Task.sleep(for: pause)) != nil else { return }
            pause = min(pause * 2, .seconds(2))
        }
        await reportLosses()
    }

    private func recoverOnce(
        _ worker: WorkerID,
        from identity: ServerIdentity,
        at moment: NIODeadline
    ) async throws(StoreError) {
        // Another connection may still lead to the server of before.
        let info = try await read(ServerIdentity.question, "asking which server this is")
        if ServerIdentity((try? info.string) ?? "") != identity { leaveServer(connectedBefore: moment) }
        let present = pollers.withLock { $0[worker] }
        present?.workflows.distrust()
        present?.activities.distrust()
        var queued = 0
        for keys in partitions.keyspaces { queued += try await queueLostLeases(of: worker, in: keys) }
        guard queued > 0 else { return }
        logger.warning("activities are run again whose outcomes Redis has lost", metadata: ["count": "\(queued)"])
    }

    /// Queues the activities that a transition leased which was refused. An earlier try of it may have been carried out whose
    /// answer was lost, and then the instance went on: they are this worker's, which was not told of them.
    func queueLeases(of transition: Transition, in keys: Keyspace) async throws(StoreError) {
        let eager = transition.activities.filter(\.isEager)
        guard !eager.isEmpty else { return }
        let leases = eager.flatMap { activity in
            [
                RedisArgument(transition.instance.rawValue), RedisArgument(transition.execution.rawValue),
                RedisArgument(activity.scheduled.command.number),
            ]
        }
        let reply = try await timed(
            Scripts.recover,
            "queueing activities of instance \"\(transition.instance)\"",
            keys: [keys.residents(transition.worker)],
            arguments: [RedisArgument(keys.base), RedisArgument(transition.worker.rawValue), ""] + leases
        )
        let queued = try reply.amount(2)
        guard queued > 0 else { return }
        logger.warning(
            "a transition was carried out and then refused; its activities are queued",
            metadata: ["instance": "\(transition.instance)", "count": "\(queued)"]
        )
    }

    private func queueLostLeases(of worker: WorkerID, in keys: Keyspace) async throws(StoreError) -> Int {
        func step(_ arguments: [RedisArgument]) async throws(StoreError) -> Reply {
            try await timed(
                Scripts.recover,
                "looking for activities of worker \(worker)",
                keys: [keys.residents(worker)],
                arguments: [RedisArgument(keys.base), RedisArgument(worker.rawValue)] + arguments
            )
        }
        var cursor = "0"
        var queued = 0
        repeat {
            let reply = try await step([RedisArgument(cursor)])
            cursor = try reply.text(1)
            // Looked at only now: a transition that was under way when these were found has noted its leases before.
            let known = Set(eagerLeases(of: worker)?.all ?? [])
            var lost: [RedisArgument] = []
            for place in stride(from: 2, to: reply.count - 2, by: 3) {
                let lease = EagerLeases.Lease(
                    instance: InstanceID(try reply.text(place)),
                    execution: ExecutionID(try reply.text(place + 1)),
                    command: CommandID(try reply.amount(place + 2))
                )
                guard !known.contains(lease) else { continue }
                lost += [
                    RedisArgument(lease.instance.rawValue), RedisArgument(lease.execution.rawValue),
                    RedisArgument(lease.command.number),
                ]
            }
            if !lost.isEmpty { queued += try await step([""] + lost).amount(2) }
        } while cursor != "0"
        return queued
    }

    /// Tells, once for each, which instances have gone back behind what Redis acknowledged to this process.
    func reportLosses() async {
        let (present, overtaken) = acknowledged.take()
        let writes = Array(present)
        var losses = overtaken.map { "\($0) (\($1.length) of \($1.acknowledged) events)" }
        for start in stride(from: 0, to: writes.count, by: 100) {
            for (instance, write) in writes[start..<min(start + 100, writes.count)] where overtaken[instance] == nil {
                if let loss = await loss(of: instance, since: write) { losses.append(loss) }
            }
        }
        guard !losses.isEmpty else { return }
        logger.error(
            "Redis has lost writes that it had acknowledged; these instances have gone back",
            metadata: [
                "count": "\(losses.count)",
                "instances": "\(losses.sorted().prefix(50).joined(separator: ", "))",
            ]
        )
    }

    private func loss(of instance: InstanceID, since write: AcknowledgedWrites.Write) async -> String? {
        let key = partitions[instance].instance(instance)
        guard let reply = try? await read(RedisCommand("HMGET", key, "x", "n"), "reading instance \(instance)").array,
            reply.count == 2
        else { return nil }
        guard let execution = try? reply[0].string, let length = try? reply[1].int else {
            // Others may have finished it meanwhile, and its retention may have passed.
            let mayHaveExpired = write.isFinished || .now - write.notedAt > configuration.retention
            return mayHaveExpired ? nil : "\(instance) (gone)"
        }
        guard execution == write.execution.rawValue, length < write.length else { return nil }
        return "\(instance) (\(length) of \(write.length) events)"
    }

    /// Says so if there is nothing at all under the prefix of this store.
    ///
    /// - Returns: Whether that is so.
    func reportLossOfEverything() async -> Bool {
        let key = partitions.keyspaces[0].namespace
        guard (try? await read(RedisCommand("EXISTS", key), "looking for the namespace").int) == 0 else { return false }
        logger.critical(
            """
            everything under the prefix "\(configuration.prefix)" is gone from Redis: it was flushed, or an empty server \
            took its place. Instances that were open are lost; workers start over with what comes
            """,
            metadata: ["redis": "\(configuration.redis.address)"]
        )
        return true
    }
}
