import AloftCore
import RedisClient

/// What one script of an audit cannot see: what is in the history, in another partition, or too much for one call.
extension RedisStore {
    func carryOut(
        _ items: [AuditStep.Item],
        in keys: Keyspace,
        repair: Bool
    ) async throws(StoreError) -> [AuditFinding] {
        var findings: [AuditFinding] = []
        var timers: [InstanceID: [CommandID: Timestamp]] = [:]
        for item in items {
            guard let kind = item.errand.first, let instance = item.finding.instance else {
                findings.append(item.finding)
                continue
            }
            switch kind {
            case "timer" where item.errand.count == 3:
                guard repair else {
                    findings.append(item.finding)
                    continue
                }
                if timers[instance] == nil {
                    timers[instance] = try await timersOfHistory(instance, ExecutionID(item.errand[1]))
                }
                findings.append(try await restore(item, instance, timers[instance] ?? [:], in: keys))
            case "flight" where item.errand.count == 2:
                findings += try await auditFlight(of: instance, item.errand[1], in: keys, repair: repair)
            case "waits" where item.errand.count == 4:
                findings += try await auditWaits(of: instance, item.errand, in: keys, repair: repair)
            case "child" where item.errand.count == 6:
                findings += try await auditSubWorkflow(of: instance, item.errand, in: keys, repair: repair)
            default: throw .corrupt("auditing was answered with \(kind), which is nothing to do")
            }
        }
        return findings
    }

    /// When the timers of an execution are due.
    private func timersOfHistory(
        _ instance: InstanceID,
        _ execution: ExecutionID
    ) async throws(StoreError) -> [CommandID: Timestamp] {
        var timers: [CommandID: Timestamp] = [:]
        var number = 0
        do throws(StoreError) {
            while true {
                let page = try await history(of: instance, execution: execution, after: number, limit: 1_000)
                guard let last = page.last else { return timers }
                for event in page {
                    if case .timerScheduled(let timer) = event.body { timers[timer.command] = timer.due }
                }
                number = last.number
            }
        } catch {
            // It has gone on meanwhile, or its history cannot be read, which is a finding of its own.
            guard [.instanceNotFound, .corrupt, .formatTooNew].contains(error.code) else { throw error }
            return timers
        }
    }

    private func restore(
        _ item: AuditStep.Item,
        _ instance: InstanceID,
        _ timers: [CommandID: Timestamp],
        in keys: Keyspace
    ) async throws(StoreError) -> AuditFinding {
        guard let command = Int(item.errand[2]), let due = timers[CommandID(command)] else { return item.finding }
        _ = try await auditStep(
            "timer",
            in: keys,
            repair: true,
            [
                RedisArgument(instance.rawValue), RedisArgument(item.errand[1]), RedisArgument(item.errand[2]),
                RedisArgument(due.milliseconds),
            ]
        )
        var finding = item.finding
        finding.isRepaired = true
        return finding
    }

    /// An instance with so much in flight that it is looked at in several steps.
    func auditFlight(
        of instance: InstanceID,
        _ execution: String,
        in keys: Keyspace,
        repair: Bool
    ) async throws(StoreError) -> [AuditFinding] {
        var findings: [AuditFinding] = []
        var cursor = ""
        repeat {
            let step = try await auditStep(
                "flight",
                in: keys,
                cursor: cursor,
                repair: repair,
                [RedisArgument(instance.rawValue), RedisArgument(execution)]
            )
            cursor = step.cursor
            findings += try await carryOut(step.findings, in: keys, repair: repair)
        } while !cursor.isEmpty && !Task.isCancelled
        return findings
    }

    /// A sub-workflow in another partition that a parent waits for.
    ///
    /// Nothing of the two may be on its way while they are looked at: first the parent's partition has to have delivered
    /// what it had to say when the parent was read, the start among it; then the sub-workflow's, its end among it. If the
    /// parent waits still, it waits for ever.
    private func auditSubWorkflow(
        of parent: InstanceID,
        _ errand: [String],
        in keys: Keyspace,
        repair: Bool
    ) async throws(StoreError) -> [AuditFinding] {
        guard let target = partitions.keyspace(ofBase: errand[3]), try await hasDelivered(keys, until: now) else {
            return []
        }
        let reply = try await timed(
            Scripts.audit,
            "auditing",
            keys: [target.workers],
            arguments: [
                RedisArgument(target.base), "child", "", 1, "0", 0, RedisArgument(errand[4]), RedisArgument(errand[5]),
                RedisArgument(errand[2]),
            ],
            repetition: .reading
        )
        guard try reply.int(3) == 0, try await hasDelivered(target, until: try reply.time(0)) else { return [] }
        let step = try await auditStep(
            "settle",
            in: keys,
            repair: repair,
            [
                RedisArgument(parent.rawValue), RedisArgument(errand[1]), RedisArgument(errand[2]),
                RedisArgument(errand[4]), RedisArgument(try reply.bytes(4)),
            ]
        )
        return step.findings.map(\.finding)
    }

    /// Whether all messages that a partition had at a moment have arrived.
    private func hasDelivered(_ keys: Keyspace, until moment: Timestamp) async throws(StoreError) -> Bool {
        for _ in 1...3 {
            let head = try await read(
                RedisCommand("XRANGE", keys.outbox, "-", "+", "COUNT", 1),
                "reading the head of an outbox"
            )
            guard let entry = try? head.array.first?.array.first?.string,
                let sent = entry.split(separator: "-").first.flatMap({ Int64($0) }), sent <= moment.milliseconds
            else { return true }
            await courier.deliver(from: keys)
        }
        return false
    }
}
