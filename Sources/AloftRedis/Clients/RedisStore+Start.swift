public import AloftCore
import RedisClient

extension RedisStore {
    public func start(_ start: InstanceStart) async throws(StoreError) -> StartOutcome {
        try start.validate()
        if let id = start.signal?.id { try IdentifierRules.check(id, subject: "signal id") }
        let event = start.event
        try checkPayload(of: event, for: start.instance)
        try checkMemo(start.memo, for: start.instance)
        if let signal = start.signal { try checkPayload(of: signal.event, for: start.instance) }
        let keys = partitions[start.instance]
        let reply = try await timed(
            Scripts.start,
            "starting instance \"\(start.instance)\"",
            keys: [
                keys.instance(start.instance), keys.inbox(start.instance),
                RedisArgument(keys.workflowQueue(start.queue)), keys.instances,
            ],
            arguments: [
                RedisArgument(start.instance.rawValue), RedisArgument(start.execution.rawValue),
                RedisArgument(start.workflow), RedisArgument(start.queue.rawValue),
                start.retention.map { RedisArgument($0.redisMilliseconds) } ?? "",
                RedisArgument(event.encoded),
            ] + options(of: start),
            repetition: start.mayArriveTwice ? .unlessExecuted : .always
        )
        switch try reply.int(1) {
        case 1:
            acknowledged.note(start)
            if try reply.int(2) > 0 { await courier.deliver(from: keys) }
            return .started
        case 3: throw .inboxFull(start.instance, limit: configuration.maximumInboxLength)
        default: return .exists(try reply.state(of: start.instance, at: 2))
        }
    }

    /// What few starts say.
    private func options(of start: InstanceStart) -> [RedisArgument] {
        if start.conflictPolicy == .fail, start.reusePolicy == .reject, start.moment == .now,
            start.executionTimeout == nil, start.memo.isEmpty, start.signal == nil
        {
            return []
        }
        let failure = Failure(
            kind: .terminated,
            type: "Terminated",
            message: Failure.replacedReason
        )
        return [
            RedisArgument(start.conflictPolicy.letter), RedisArgument(start.reusePolicy.letter),
            RedisArgument(start.moment.code),
            start.executionTimeout.map { RedisArgument($0.redisMilliseconds) } ?? "",
            RedisArgument(Memo.encode(start.memo)),
            start.signal.map { RedisArgument($0.event.encoded) } ?? "", RedisArgument(start.signal?.id ?? ""),
            RedisArgument(configuration.maximumInboxLength),
            RedisArgument(configuration.retention.redisMilliseconds),
            RedisArgument(EventBody.workflowTerminated(failure).encoded),
        ]
    }
}

extension InstanceStart {
    /// Whether its signal may go to an instance that does not know the start.
    fileprivate var mayArriveTwice: Bool {
        conflictPolicy == .useExisting && signal != nil && signal?.id == nil
    }
}

extension IDConflictPolicy {
    fileprivate var letter: String {
        switch self {
        case .fail: "f"
        case .useExisting: "u"
        case .terminateExisting: "t"
        }
    }
}

extension IDReusePolicy {
    fileprivate var letter: String {
        switch self {
        case .reject: "r"
        case .useExisting: "u"
        case .allowIfFailed: "i"
        case .allow: "a"
        }
    }
}

extension StartMoment {
    /// As `start.lua` reads it.
    fileprivate var code: String {
        switch self {
        case .now: ""
        case .after(let delay): "a\(delay.redisMilliseconds)"
        // Whole numbers end at 2^53 in Redis.
        case .at(let moment): "t\(min(max(moment.milliseconds, 0), 1 << 52))"
        }
    }
}
