import AloftClient
import AloftCore
import AloftInsight

/// Carries out what people and programs ask for, and keeps the record of it.
struct Operator: Sendable {
    let client: WorkflowClient
    let log: ActionLog

    private var store: any WorkflowStore { client.store }

    /// Does something and records it, also if it fails.
    private func record<Answer>(
        _ action: String,
        _ subject: String,
        _ call: Call,
        isAboutOne: Bool = true,
        _ body: () async throws -> Answer
    ) async throws -> Answer {
        var record = OperatorAction(
            moment: store.now,
            who: call.identity.name,
            from: call.request.remoteAddress ?? "",
            action: action,
            subject: subject,
            isAboutOne: isAboutOne,
            outcome: "done",
            isFailure: false
        )
        do {
            let answer = try await body()
            if let count = answer as? Int { record.outcome = "done: \(count)" }
            await log.add(record)
            return answer
        } catch {
            record.outcome = "\(error)"
            record.isFailure = true
            await log.add(record)
            throw error
        }
    }

    func cancel(_ instance: InstanceID, reason: String, _ call: Call) async throws {
        try await record("cancel", instance.rawValue, call) { try await handle(instance).cancel(reason: reason) }
    }

    func terminate(_ instance: InstanceID, reason: String, _ call: Call) async throws {
        try await record("terminate", instance.rawValue, call) { try await handle(instance).terminate(reason: reason) }
    }

    /// - Returns: Whether it was quarantined.
    func release(_ instance: InstanceID, _ call: Call) async throws -> Bool {
        try await record("release", instance.rawValue, call) { try await handle(instance).release() }
    }

    func remove(_ instance: InstanceID, _ call: Call) async throws {
        try await record("remove", instance.rawValue, call) { try await handle(instance).remove() }
    }

    /// - Returns: Whether it waited for its next attempt.
    func retry(_ command: CommandID, of instance: InstanceID, _ call: Call) async throws -> Bool {
        try await record("retry activity \(command)", instance.rawValue, call) {
            try await store.retryNow(command, of: instance)
        }
    }

    /// - Parameter value: `nil`: the signal carries none.
    func signal(_ name: String, _ value: JSONValue?, id: String?, to instance: InstanceID, _ call: Call) async throws {
        try await record("signal \(name)", instance.rawValue, call) {
            guard let value else { return try await handle(instance).signal(Signal<Void>(name), id: id) }
            try await handle(instance).signal(Signal<JSONValue>(name), value, id: id)
        }
    }

    func start(_ start: InstanceStart, _ call: Call) async throws -> StartOutcome {
        try await record("start \(start.workflow)", start.instance.rawValue, call) { try await store.start(start) }
    }

    func payload(_ value: JSONValue?) throws -> Payload {
        guard let value else { return .none }
        return try client.coder.encode(value)
    }

    private func handle(_ instance: InstanceID) -> InstanceHandle<Void> { client.handle(instance) }
}

extension Operator {
    /// What can be done to many instances.
    enum BulkAction: String, CaseIterable, Sendable {
        case cancel
        case terminate
        case release
        case remove

        /// The part of what conditions select that it can be done to; `nil` if there is none.
        func narrowed(_ filter: InstanceFilter) -> InstanceFilter? {
            switch self {
            case .cancel, .terminate: filter.narrowed(to: [.running])
            case .release: filter.narrowed(to: [.running], isOfQuarantined: true)
            case .remove: filter.narrowed(to: Set(InstanceStatus.all.filter(\.isFinished)))
            }
        }
    }

    /// How many instances one request acts on at most.
    static let mostAtOnce = 500

    /// Acts on the newest instances that match, as far as the action suits them.
    ///
    /// - Parameter cursor: Where a call before left off; `nil`: with the newest.
    /// - Returns: On how many it acted, and where to go on; `nil` if there are no more.
    func act(
        _ action: BulkAction,
        on filter: InstanceFilter,
        after cursor: InstanceCursor? = nil,
        reason: String,
        _ call: Call
    ) async throws -> (count: Int, next: String?) {
        var page = InstanceListView(instances: [], next: nil)
        if let filter = action.narrowed(filter) {
            page = try await Insight(store).instances(matching: filter, after: cursor, limit: Self.mostAtOnce)
        }
        let subject = "\(page.instances.count) instances of a list"
        let count = try await record("\(action.rawValue) many", subject, call, isAboutOne: false) {
            var done = 0
            for instance in page.instances where try await act(action, on: InstanceID(instance.id), reason) {
                done += 1
            }
            return done
        }
        return (count, page.next)
    }

    /// - Returns: `false` if it has ended or gone meanwhile: with many, that is nothing to stop for.
    private func act(_ action: BulkAction, on instance: InstanceID, _ reason: String) async throws -> Bool {
        do {
            switch action {
            case .cancel: try await handle(instance).cancel(reason: reason)
            case .terminate: try await handle(instance).terminate(reason: reason)
            case .release: return try await handle(instance).release()
            case .remove: try await handle(instance).remove()
            }
            return true
        } catch let error as StoreError where error.isOvertaken {
            return false
        }
    }
}

extension StoreError {
    fileprivate var isOvertaken: Bool {
        [.instanceNotFound, .instanceFinished, .instanceOpen].contains(code)
    }
}
