public import AloftCore
import RedisClient

extension RedisStore {
    public func start(_ start: InstanceStart) async throws(StoreError) -> StartOutcome {
        try start.validate()
        let event = start.event
        try checkPayload(of: event, for: start.instance)
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
            ]
        )
        return try reply.int(1) == 1 ? .started : .exists(try reply.state(of: start.instance, at: 2))
    }

    public func deliver(
        _ input: EventBody,
        to instance: InstanceID,
        execution: ExecutionID?,
        id: String?
    ) async throws(StoreError) {
        try instance.validated()
        try execution?.validated()
        if let id { try IdentifierRules.check(id, subject: "input id") }
        try checkPayload(of: input, for: instance)
        let keys = partitions[instance]
        let reply = try await timed(
            Scripts.deliver,
            "delivering to instance \"\(instance)\"",
            keys: [keys.instance(instance), keys.inbox(instance), keys.delivered(instance)],
            arguments: [
                RedisArgument(keys.base), RedisArgument(instance.rawValue), RedisArgument(execution?.rawValue ?? ""),
                RedisArgument(id ?? ""), RedisArgument(input.encoded), RedisArgument(configuration.maximumInboxLength),
            ],
            repetition: id == nil ? .unlessExecuted : .always
        )
        switch try reply.int(1) {
        case 0: return
        case 1:
            let which = execution.map { " with execution \($0)" } ?? ""
            throw StoreError(.instanceNotFound, "there is no instance \"\(instance)\"\(which)")
        case 3:
            throw StoreError(
                .inboxFull,
                "instance \"\(instance)\" has \(configuration.maximumInboxLength) inputs waiting; send again when it has "
                    + "taken some"
            )
        default:
            throw StoreError(.instanceFinished, "instance \"\(instance)\" has finished and takes no more inputs")
        }
    }

    public func state(of instance: InstanceID) async throws(StoreError) -> InstanceState? {
        try instance.validated()
        let subject = "reading the state of instance \"\(instance)\""
        let key = partitions[instance].instance(instance)
        let value = try await read(
            RedisCommand("HMGET", key, "x", "w", "q", "s", "n", "c", "f", "o", "p"),
            subject
        )
        let reply = try Reply(value, of: subject)
        guard reply.optionalText(0) != nil else { return nil }
        return try reply.state(of: instance, at: 0)
    }

    public func remove(_ instance: InstanceID) async throws(StoreError) {
        try instance.validated()
        let keys = partitions[instance]
        let value = try await call(
            Scripts.remove,
            "removing instance \"\(instance)\"",
            keys: [
                keys.instance(instance), keys.history(instance), keys.inbox(instance), keys.activities(instance),
                keys.delivered(instance), keys.instances, keys.expiring,
            ],
            arguments: [RedisArgument(instance.rawValue)],
            repetition: .unlessExecuted
        )
        switch value {
        case .integer(1): return
        case .integer(0): throw .notFound(instance)
        default:
            throw StoreError(
                .instanceOpen,
                "instance \"\(instance)\" is open; only finished instances can be removed"
            )
        }
    }
}

extension StoreError {
    static func notFound(_ instance: InstanceID) -> StoreError {
        StoreError(.instanceNotFound, "there is no instance \"\(instance)\"")
    }
}
