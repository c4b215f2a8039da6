public import AloftCore
import RedisClient

extension RedisStore {
    public func audit(
        after cursor: AuditCursor?,
        limit: Int,
        repair: Bool
    ) async throws(StoreError) -> AuditReport {
        guard let place = cursor.map({ AuditPlace($0) }) ?? AuditPlace(),
            place.partition < partitions.keyspaces.count
        else {
            throw StoreError(.misconfigured, "an audit cannot go on at \(cursor?.place ?? ""), which is no place here")
        }
        let keys = partitions.keyspaces[place.partition]
        let step = try await auditStep(
            AuditPlace.parts[place.part],
            in: keys,
            cursor: place.cursor,
            limit: min(max(1, limit), 500),
            repair: repair
        )
        var report = AuditReport(
            instances: step.instances,
            next: place.next(at: step.cursor, partitions: partitions.keyspaces.count)
        )
        report.findings = try await carryOut(step.findings, in: keys, repair: repair)
        return report
    }

    public func claimAudit(by worker: WorkerID, every interval: Duration) async throws(StoreError) -> Bool {
        let command = RedisCommand(
            "SET",
            partitions.keyspaces[0].audit,
            RedisArgument(worker.rawValue),
            "NX",
            "PX",
            RedisArgument(max(1, interval.redisMilliseconds))
        )
        // If the answer is lost the next interval has its turn.
        let reply = try await repeating("claiming the audit", .always) { () async throws in
            try await self.redis.send(command)
        }
        return reply.nonNull != nil
    }

    public func renewAudit(by worker: WorkerID, every interval: Duration) async throws(StoreError) -> Bool {
        let reply = try await timed(
            Scripts.renew,
            "keeping the audit",
            keys: [partitions.keyspaces[0].audit],
            arguments: [RedisArgument(worker.rawValue), RedisArgument(max(1, interval.redisMilliseconds))],
            isAwaited: false
        )
        return try reply.int(1) == 1
    }

    /// Lets the next audit begin at once: something has been lost.
    func hastenAudit() async throws(StoreError) {
        let command = RedisCommand("DEL", partitions.keyspaces[0].audit)
        _ = try await repeating("asking for an audit", .always) { () async throws in
            try await self.redis.send(command)
        }
    }

    /// One call of `audit.lua`.
    func auditStep(
        _ part: String,
        in keys: Keyspace,
        cursor: String = "",
        limit: Int = 1,
        repair: Bool,
        _ arguments: [RedisArgument] = []
    ) async throws(StoreError) -> AuditStep {
        let reply = try await timed(
            repair ? Scripts.repair : Scripts.audit,
            "auditing",
            keys: [keys.workers],
            arguments: [
                RedisArgument(keys.base), RedisArgument(part), RedisArgument(cursor), RedisArgument(limit),
                repair ? "1" : "0", RedisArgument(configuration.retention.redisMilliseconds),
            ] + arguments,
            repetition: repair ? .always : .reading
        )
        return try AuditStep(reply)
    }
}

/// What a call of `audit.lua` found.
struct AuditStep {
    /// A finding, or something that the store has to look into.
    struct Item {
        var finding: AuditFinding
        /// Empty if it is a finding.
        var errand: [String]
    }

    var cursor: String
    var instances: Int
    var findings: [Item] = []

    init(_ reply: Reply) throws(StoreError) {
        cursor = try reply.text(1)
        instances = try reply.amount(2)
        for index in stride(from: 3, to: reply.count - 3, by: 4) {
            let what = try reply.text(index + 3)
            let words = what.utf8.split(separator: 0, omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            let finding = AuditFinding(
                AuditFinding.Kind(rawValue: try reply.text(index)),
                reply.optionalText(index + 1).map { InstanceID($0) },
                try reply.text(index + 2),
                isRepaired: what == "1"
            )
            findings.append(Item(finding: finding, errand: words.count > 1 ? words : []))
        }
    }
}
