public import AloftCore
import Logging
import RedisClient

extension RedisStore {
    /// How many instances one call looks at in each partition at most.
    private static let looks = 1_000
    /// To look at an id is so many times cheaper than to look at an instance.
    private static let glances = 20

    /// How many bytes of one kind a script answers with before it stops, roughly: what comes last may be a payload.
    var listBytes: Int { min(4 << 20, configuration.redis.maximumReplyBytes / 4) }

    public func instances(
        matching filter: InstanceFilter,
        after cursor: InstanceCursor?,
        limit: Int
    ) async throws(StoreError) -> InstancePage {
        let limit = min(max(1, limit), 1_000)
        var merge = PageMerge()
        for keys in partitions.keyspaces {
            merge.add(try await part(of: keys, matching: filter, after: cursor, limit: limit))
        }
        return merge.page(limit: limit)
    }

    private func part(
        of keys: Keyspace,
        matching filter: InstanceFilter,
        after cursor: InstanceCursor?,
        limit: Int
    ) async throws(StoreError) -> PageMerge.Part {
        var arguments: [RedisArgument] = [
            RedisArgument(keys.base), RedisArgument(limit), RedisArgument(Self.looks),
            // Before a moment is up to the millisecond ahead of it.
            filter.createdBefore.map { RedisArgument(max($0.milliseconds, .min + 1) - 1) } ?? "",
            filter.createdAfter.map { RedisArgument($0.milliseconds) } ?? "",
            RedisArgument(filter.statuses.map(\.letter).sorted().joined()), RedisArgument(filter.workflow ?? ""),
            RedisArgument(filter.queue?.rawValue ?? ""), filter.isQuarantined.map { $0 ? "q" : "n" } ?? "",
            RedisArgument(filter.idPrefix), RedisArgument(Self.glances), RedisArgument(listBytes),
        ]
        if let cursor {
            arguments += [RedisArgument(cursor.createdAt.milliseconds), RedisArgument(cursor.instance.rawValue)]
        }
        let reply = try await timed(
            Scripts.list,
            "listing instances",
            keys: [keys.instances],
            arguments: arguments,
            repetition: .reading
        )
        var instances: [InstanceState] = []
        for index in stride(from: 4, to: reply.count, by: 1 + Reply.stateFields.count) {
            if let state = try readable(reply, at: index) { instances.append(state) }
        }
        guard try reply.int(1) == 0 else { return PageMerge.Part(instances: instances, end: nil) }
        let end = InstanceCursor(createdAt: try reply.time(2), instance: InstanceID(try reply.text(3)))
        return PageMerge.Part(instances: instances, end: end)
    }

    /// - Returns: `nil` if it makes no sense: one damaged instance must not hide all the others.
    private func readable(_ reply: Reply, at index: Int) throws(StoreError) -> InstanceState? {
        let instance = InstanceID(try reply.text(index))
        do throws(StoreError) {
            return try reply.state(of: instance, at: index + 1)
        } catch {
            logger.error(
                "an instance is damaged and left out of a list",
                metadata: ["instance": "\(instance)", "error": "\(error)"]
            )
            return nil
        }
    }

    public func instanceCounts() async throws(StoreError) -> [InstanceStatus: Int] {
        let order: [InstanceStatus] = [.running, .completed, .failed, .cancelled, .terminated, .timedOut]
        var counts: [InstanceStatus: Int] = [:]
        for keys in partitions.keyspaces {
            let reply = try await timed(
                Scripts.counts,
                "counting instances",
                keys: [keys.instances],
                arguments: [RedisArgument(keys.base)],
                repetition: .reading
            )
            for (index, status) in order.enumerated() {
                let count = try reply.amount(index + 1)
                if count > 0 { counts[status, default: 0] += count }
            }
        }
        return counts
    }

    public func pendingActivities(
        of instance: InstanceID,
        after command: CommandID?,
        limit: Int
    ) async throws(StoreError) -> PendingActivityPage {
        try instance.validated()
        let keys = partitions[instance]
        let reply = try await timed(
            Scripts.pending,
            "reading the activities of instance \"\(instance)\"",
            keys: [keys.instance(instance), keys.activities(instance)],
            arguments: [
                RedisArgument(command?.number ?? 0), RedisArgument(min(max(1, limit), 1_000)), RedisArgument(listBytes),
            ],
            repetition: .reading
        )
        guard try reply.int(1) == 1 else { throw .notFound(instance) }
        var activities: [PendingActivity] = []
        for index in stride(from: 4, to: reply.count - 6, by: 7) {
            activities.append(try reply.pendingActivity(of: instance, at: index))
        }
        let last = try reply.amount(3)
        return PendingActivityPage(
            activities: activities,
            total: try reply.amount(2),
            next: last > 0 ? CommandID(last) : nil
        )
    }

    public var limits: StoreLimits {
        StoreLimits(
            payloadBytes: configuration.maximumPayloadBytes,
            historyLength: configuration.maximumHistoryLength
        )
    }
}

extension Reply {
    /// What `pending.lua` tells of an activity.
    fileprivate func pendingActivity(of instance: InstanceID, at index: Int) throws(StoreError) -> PendingActivity {
        let position: PendingActivity.Position
        switch try text(index + 2) {
        case "q": position = .queued
        case "w": position = .running(WorkerID(try text(index + 4)))
        case "r": position = .retrying(at: try time(index + 4))
        default: throw .corrupt("instance \"\(instance)\" has an activity in a place that nobody knows")
        }
        return PendingActivity(
            command: CommandID(try int(index)),
            name: try text(index + 5),
            queue: TaskQueue(try text(index + 3)),
            attempt: try int(index + 1),
            position: position,
            lastFailure: try failure(index + 6, of: instance)
        )
    }

    private func failure(_ index: Int, of instance: InstanceID) throws(StoreError) -> Failure? {
        let stored = try bytes(index)
        guard !stored.isEmpty else { return nil }
        do {
            guard case .activityFailed(_, let failure) = try EventBody(encoded: stored[...]) else { return nil }
            return failure
        } catch {
            throw StoreError(error, in: "an activity of instance \"\(instance)\"")
        }
    }
}
