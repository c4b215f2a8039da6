public import AloftCore
internal import Synchronization

extension MemoryStore {
    public func start(_ start: InstanceStart) async throws(StoreError) -> StartOutcome {
        try start.validate()
        if let id = start.signal?.id { try IdentifierRules.check(id, subject: "delivery id") }
        return try update { state throws(StoreError) in try state.start(start) }
    }

    public func deliver(
        _ input: EventBody,
        to instance: InstanceID,
        execution: ExecutionID?,
        id: String?
    ) async throws(StoreError) {
        try instance.validated()
        try execution?.validated()
        if let id { try IdentifierRules.check(id, subject: "delivery id") }
        if case .signalReceived(let name, _, _) = input { try IdentifierRules.check(name, subject: "signal name") }
        try update { state throws(StoreError) in
            try state.deliver(input, to: instance, execution: execution, delivery: id)
        }
    }

    public func state(of instance: InstanceID) async throws(StoreError) -> InstanceState? {
        try instance.validated()
        return try update { state throws(StoreError) in state.instances[instance]?.state }
    }

    public func history(
        of instance: InstanceID,
        execution: ExecutionID?,
        after number: Int,
        limit: Int
    ) async throws(StoreError) -> [Event] {
        try instance.validated()
        return try update { state throws(StoreError) in
            try state.history(of: instance, execution: execution, after: number, limit: limit)
        }
    }

    public func completion(of instance: InstanceID) async throws(StoreError) -> Completion {
        try instance.validated()
        let waiter = WaitingRoom.Awaiting()
        let completion = try contents.withLock { contents throws(StoreError) -> Completion? in
            let completion = try contents.state.existing(instance).completion
            if completion == nil { contents.waiting.add(waiter, for: instance) }
            return completion
        }
        if let completion { return completion }
        let result = await waiter.value(ifCancelled: .failure(.waitCancelled))
        contents.withLock { $0.waiting.remove(waiter, for: instance) }
        return try result.get()
    }

    public func terminate(
        _ instance: InstanceID,
        execution: ExecutionID?,
        reason: String
    ) async throws(StoreError) {
        try instance.validated()
        try execution?.validated()
        try update { state throws(StoreError) in
            try state.terminate(instance, execution: execution, reason: reason)
        }
    }

    public func liftQuarantine(of instances: [InstanceID]) async throws(StoreError) -> Int {
        for instance in instances { try instance.validated() }
        return try update { state throws(StoreError) in state.liftQuarantine(of: instances) }
    }

    public func remove(_ instance: InstanceID) async throws(StoreError) {
        try instance.validated()
        try update { state throws(StoreError) in try state.remove(instance) }
    }
}
