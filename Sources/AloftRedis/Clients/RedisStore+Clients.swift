public import AloftCore
import RedisClient

extension RedisStore {
    public func deliver(
        _ input: EventBody,
        to instance: InstanceID,
        execution: ExecutionID?,
        id: String?
    ) async throws(StoreError) {
        try instance.validated()
        try execution?.validated()
        if let id { try IdentifierRules.check(id, subject: "input id") }
        if case .signalReceived(let name, _) = input { try IdentifierRules.check(name, subject: "signal name") }
        try checkPayload(of: input, for: instance)
        let keys = partitions[instance]
        var script = Scripts.deliver
        if case .cancelRequested = input { script = Scripts.deliverUrgently }
        let reply = try await timed(
            script,
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
        case 1: throw .notFound(instance, execution)
        case 3: throw .inboxFull(instance, limit: configuration.maximumInboxLength)
        default: throw .finished(instance)
        }
    }

    public func state(of instance: InstanceID) async throws(StoreError) -> InstanceState? {
        try instance.validated()
        let subject = "reading the state of instance \"\(instance)\""
        let key = partitions[instance].instance(instance)
        let words = ["HMGET", key] + (Reply.stateFields + ["l"]).map { RedisArgument($0) }
        let value = try await read(RedisCommand(arguments: words), subject)
        let reply = try Reply(value, of: subject)
        guard reply.optionalText(0) != nil else { return nil }
        var state = try reply.state(of: instance, at: 0)
        state.backtrace = reply.optionalText(Reply.stateFields.count)
        return state
    }
}

extension StoreError {
    static func notFound(_ instance: InstanceID) -> StoreError {
        StoreError(.instanceNotFound, "there is no instance \"\(instance)\"")
    }

    static func notFound(_ instance: InstanceID, _ execution: ExecutionID?) -> StoreError {
        guard let execution else { return notFound(instance) }
        return StoreError(.instanceNotFound, "there is no instance \"\(instance)\" with execution \(execution)")
    }

    static func finished(_ instance: InstanceID) -> StoreError {
        StoreError(.instanceFinished, "instance \"\(instance)\" has finished and takes no more inputs")
    }

    static func inboxFull(_ instance: InstanceID, limit: Int) -> StoreError {
        StoreError(
            .inboxFull,
            "instance \"\(instance)\" has \(limit) inputs waiting; send again when it has taken some"
        )
    }
}
