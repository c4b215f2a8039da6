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
        reason: String = "",
        _ body: () async throws -> Answer
    ) async throws -> Answer {
        var record = newRecord(action, subject, call, reason: reason)
        do {
            let answer = try await body()
            await log.add(record)
            return answer
        } catch {
            record.outcome = "\(error)"
            record.isFailure = true
            await log.add(record)
            throw error
        }
    }

    private func newRecord(_ action: String, _ subject: String, _ call: Call, reason: String) -> OperatorAction {
        OperatorAction(
            moment: store.now,
            who: call.identity.name,
            from: call.request.remoteAddress ?? "",
            action: action,
            subject: subject,
            reason: reason.isEmpty ? nil : reason
        )
    }

    func cancel(_ instance: InstanceID, reason: String, _ call: Call) async throws {
        try await record("cancel", instance.rawValue, call, reason: reason) {
            try await handle(instance).cancel(reason: reason)
        }
    }

    func terminate(_ instance: InstanceID, reason: String, _ call: Call) async throws {
        try await record("terminate", instance.rawValue, call, reason: reason) {
            try await handle(instance).terminate(reason: reason)
        }
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
        try await record("start \(start.workflow)", start.instance.rawValue, call) { try await client.start(start) }
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

    /// Acts on the newest instances that match, as far as the action suits them. The record tells which conditions these were, and on
    /// how many it was done, also if it could not be done on the rest; the log at level debug tells each of them.
    ///
    /// - Returns: On how many it acted, and where to go on; `nil` if there are no more.
    func act(
        _ action: BulkAction,
        on query: ListQuery,
        reason: String,
        _ call: Call
    ) async throws -> (count: Int, next: String?) {
        var record = newRecord("\(action.rawValue) many", query.subject, call, reason: reason)
        record.isAboutOne = false
        var count = 0
        do {
            let page = try await page(of: query, for: action)
            for instance in page.instances where try await act(action, on: InstanceID(instance.id), reason) {
                count += 1
                log.tell(action.rawValue, of: instance.id, call)
            }
            record.outcome = "done: \(count)"
            await log.add(record)
            return (count, page.next)
        } catch {
            record.outcome = "done: \(count), then: \(error)"
            record.isFailure = true
            await log.add(record)
            throw error
        }
    }

    private func page(of query: ListQuery, for action: BulkAction) async throws -> InstanceListView {
        guard let filter = action.narrowed(query.filter) else { return InstanceListView(instances: [], next: nil) }
        return try await Insight(store).instances(matching: filter, after: query.cursor, limit: Self.mostAtOnce)
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
