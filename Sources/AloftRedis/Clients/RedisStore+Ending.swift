public import AloftCore
import RedisClient

extension RedisStore {
    public func terminate(
        _ instance: InstanceID,
        execution: ExecutionID?,
        reason: String
    ) async throws(StoreError) {
        try instance.validated()
        try execution?.validated()
        guard reason.utf8.count <= configuration.maximumPayloadBytes else {
            throw tooLarge(reason.utf8.count, for: instance)
        }
        let failure = Failure(kind: .terminated, type: "Terminated", message: reason)
        let keys = partitions[instance]
        let reply = try await timed(
            Scripts.terminate,
            "terminating instance \"\(instance)\"",
            keys: [keys.instance(instance)],
            arguments: [
                RedisArgument(keys.base), RedisArgument(instance.rawValue), RedisArgument(execution?.rawValue ?? ""),
                RedisArgument(RandomName.make(characters: 16)),
                RedisArgument(EventBody.workflowTerminated(failure).encoded),
                RedisArgument(configuration.retention.redisMilliseconds),
            ]
        )
        switch try reply.int(1) {
        case 0: if try reply.int(2) > 0 { await courier.deliver(from: keys) }
        case 1: throw .notFound(instance, execution)
        default: throw .finished(instance)
        }
    }

    public func remove(_ instance: InstanceID) async throws(StoreError) {
        try instance.validated()
        let reply = try await remove([instance], before: nil, in: partitions[instance], .unlessExecuted)
        if try reply.int(2) > 0 { throw .notFound(instance) }
        guard try reply.int(1) == 1 else {
            throw StoreError(
                .instanceOpen,
                "instance \"\(instance)\" is open; only finished instances can be removed"
            )
        }
    }

    /// The oldest of every partition and status are found first, then the oldest of these are removed. With retentions of
    /// their own, instances go in the order in which they expire where more than the limit qualify.
    public func removeFinished(
        _ statuses: Set<InstanceStatus>,
        before moment: Timestamp,
        limit: Int
    ) async throws(StoreError) -> Removal {
        // One more than are removed, to know whether there is more.
        let limit = min(max(0, limit), .max - 1)
        let wanted = InstanceStatus.all.filter { $0.isFinished && (statuses.isEmpty || statuses.contains($0)) }
        var found: [Finished] = []
        for (index, keys) in partitions.keyspaces.enumerated() {
            for status in wanted {
                let part = try await finished(status, before: moment, limit: limit + 1, in: keys)
                found += part.map { Finished(instance: $0.0, at: $0.1, partition: index) }
            }
        }
        found.sort { $0.at < $1.at }
        let isMore = found.count > limit
        var removed = 0
        for (partition, part) in Dictionary(grouping: found.prefix(limit), by: \.partition) {
            for start in stride(from: 0, to: part.count, by: 500) {
                let reply = try await remove(
                    part[start..<min(start + 500, part.count)].map(\.instance),
                    before: moment,
                    in: partitions.keyspaces[partition],
                    .always
                )
                removed += try reply.amount(1)
            }
        }
        // Where nothing of what was found could be removed, as it is damaged, the next call would find the same.
        return Removal(removed: removed, isMoreToRemove: isMore && (removed > 0 || limit == 0))
    }

    private struct Finished {
        var instance: InstanceID
        var at: Timestamp
        var partition: Int
    }

    private func finished(
        _ status: InstanceStatus,
        before moment: Timestamp,
        limit: Int,
        in keys: Keyspace
    ) async throws(StoreError) -> [(InstanceID, Timestamp)] {
        var found: [(InstanceID, Timestamp)] = []
        var place = 0
        while place >= 0, found.count < limit {
            let reply = try await timed(
                Scripts.finished,
                "looking for instances to remove",
                keys: [keys.expiring(status)],
                arguments: [
                    RedisArgument(keys.base), RedisArgument(moment.milliseconds),
                    RedisArgument(min(limit - found.count, 1_000)), RedisArgument(place), 2_000,
                ],
                repetition: .reading
            )
            place = try reply.int(1)
            for index in stride(from: 2, to: reply.count - 1, by: 2) {
                found.append((InstanceID(try reply.text(index)), try reply.time(index + 1)))
            }
        }
        return found
    }

    private func remove(
        _ instances: [InstanceID],
        before moment: Timestamp?,
        in keys: Keyspace,
        _ repetition: Repetition
    ) async throws(StoreError) -> Reply {
        let reply = try await timed(
            Scripts.remove,
            instances.count == 1 ? "removing instance \"\(instances[0])\"" : "removing instances",
            // The instance only for the message of an error.
            keys: [keys.instances] + instances.prefix(1).map { keys.instance($0) },
            arguments: [RedisArgument(keys.base), moment.map { RedisArgument($0.milliseconds) } ?? ""]
                + instances.map { RedisArgument($0.rawValue) },
            repetition: repetition
        )
        for instance in instances { acknowledged.forget(instance) }
        return reply
    }
}
