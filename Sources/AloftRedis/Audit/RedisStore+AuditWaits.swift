import AloftCore
import RedisClient

/// What an execution has begun and, by its history, has no outcome of.
///
/// All of it is in flight but for what the inbox holds. If the hash of what is in flight was lost, the history knows what was in it;
/// only how often an activity was tried and when its next try was due is gone, so that it begins anew.
private struct Unsettled {
    private(set) var bodies: [CommandID: EventBody] = [:]

    mutating func take(_ body: EventBody) {
        switch body {
        case .activityScheduled(let scheduled): bodies[scheduled.command] = body
        case .timerScheduled(let scheduled): bodies[scheduled.command] = body
        case .subWorkflowScheduled(let scheduled): bodies[scheduled.command] = body
        case .activityCompleted(let command, _), .activityFailed(let command, _), .timerFired(let command),
            .timerCancelled(let command), .subWorkflowCompleted(let command, _), .subWorkflowFailed(let command, _):
            bodies[command] = nil
        default: break
        }
    }
}

extension RedisStore {
    /// So many bytes are put back with one call, roughly.
    private static let restoredBytes = 8 << 20

    /// An instance whose code waits for something that is not in flight.
    ///
    /// - Parameter errand: As `audit.lua` tells it.
    func auditWaits(
        of instance: InstanceID,
        _ errand: [String],
        in keys: Keyspace,
        repair: Bool
    ) async throws(StoreError) -> [AuditFinding] {
        let execution = ExecutionID(errand[1])
        let queue = TaskQueue(errand[3])
        var missing: [EventBody] = []
        let bodies = try await unsettled(of: instance, execution)
        // Timers last: they may be due, and what has gone on since is left alone.
        let ordered = bodies.sorted { ($0.isTimer ? 1 : 0, $0.number) < ($1.isTimer ? 1 : 0, $1.number) }
        var rest = ordered[...]
        while !rest.isEmpty {
            var part: [String: EventBody] = [:]
            var arguments: [RedisArgument] = [
                RedisArgument(instance.rawValue), RedisArgument(errand[1]), RedisArgument(errand[2]),
            ]
            var bytes = 0
            while let body = rest.first, bytes < Self.restoredBytes, part.count < 1_000 {
                rest.removeFirst()
                let (field, value) = flightField(body, on: queue, in: keys)
                part[field] = body
                bytes += value.count
                arguments += [RedisArgument(field), repair ? RedisArgument(value) : ""]
            }
            missing += try await restore(arguments, in: keys, repair: repair).compactMap { part[$0] }
        }
        guard !missing.isEmpty else { return [] }
        // They are there again, in no queue and not due: that is found and repaired as ever.
        if repair { _ = try await auditFlight(of: instance, errand[1], in: keys, repair: true) }
        return findings(missing, of: instance, isRepaired: repair)
    }

    private func unsettled(
        of instance: InstanceID,
        _ execution: ExecutionID
    ) async throws(StoreError) -> [EventBody] {
        var unsettled = Unsettled()
        var number = 0
        do throws(StoreError) {
            while true {
                let page = try await history(of: instance, execution: execution, after: number, limit: 1_000)
                guard let last = page.last else { return Array(unsettled.bodies.values) }
                for event in page { unsettled.take(event.body) }
                number = last.number
            }
        } catch {
            // It has gone on meanwhile, or its history cannot be read, which is a finding of its own.
            guard [.instanceNotFound, .corrupt, .formatTooNew].contains(error.code) else { throw error }
            return []
        }
    }

    /// What `commit.lua` would have written; an activity is in a queue of which it is lost.
    private func flightField(_ body: EventBody, on queue: TaskQueue, in keys: Keyspace) -> (String, [UInt8]) {
        switch body {
        case .timerScheduled(let timer):
            return ("t\(timer.command.number)", EventBody.timerFired(timer.command).encoded)
        case .subWorkflowScheduled(let child):
            let base = partitions[child.instance].base
            let link = "\(base == keys.base ? "" : base)\0\(child.instance.rawValue)\0\(child.execution.rawValue)"
            return ("c\(child.command.number)", Array("\(child.closePolicy.rawValue):\(link)".utf8))
        case .activityScheduled(let activity):
            let place = "1:1:q:\((activity.queue ?? queue).rawValue)\00-0\0"
            return ("\(activity.command.number)", Array(place.utf8) + body.encoded)
        default: return ("", [])
        }
    }

    /// - Returns: The fields that were not there.
    private func restore(
        _ arguments: [RedisArgument],
        in keys: Keyspace,
        repair: Bool
    ) async throws(StoreError) -> [String] {
        let settings: [RedisArgument] = [
            RedisArgument(keys.base), "restore", "", 1, repair ? "1" : "0",
            RedisArgument(configuration.retention.redisMilliseconds),
        ]
        let reply = try await timed(
            repair ? Scripts.repair : Scripts.audit,
            "auditing",
            keys: [keys.workers],
            arguments: settings + arguments,
            repetition: repair ? .always : .reading
        )
        var fields: [String] = []
        for index in 3..<max(3, reply.count) { fields.append(try reply.text(index)) }
        return fields
    }

    /// One for each kind of what is missing: much is usually lost at once.
    private func findings(_ missing: [EventBody], of instance: InstanceID, isRepaired: Bool) -> [AuditFinding] {
        var texts: [AuditFinding.Kind: (first: String, count: Int)] = [:]
        for body in missing {
            let (kind, name): (AuditFinding.Kind, String) =
                switch body {
                case .timerScheduled: (.missingDue, "timer")
                case .subWorkflowScheduled: (.lostOutcome, "sub-workflow")
                default: (.lostActivity, "activity")
                }
            texts[kind, default: ("\(name) \(body.number)", 0)].count += 1
        }
        return texts.sorted { $0.key.rawValue < $1.key.rawValue }.map { kind, text in
            let more = text.count > 1 ? " and \(text.count - 1) more are" : " is"
            return AuditFinding(
                kind,
                instance,
                "\(text.first)\(more) in its history and nowhere else",
                isRepaired: isRepaired
            )
        }
    }
}

extension EventBody {
    fileprivate var number: Int { command?.number ?? 0 }

    fileprivate var isTimer: Bool {
        if case .timerScheduled = self { true } else { false }
    }
}
