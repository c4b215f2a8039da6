public import Aloft
public import AloftCore

// Instances from outside. Where none is named, the one is meant that the test itself started last.
extension WorkflowTester {
    /// Sends a signal.
    ///
    /// - Parameters:
    ///   - instance: Who gets it; `nil`: the instance under test.
    ///   - id: Of all signals to an instance with the same id one arrives.
    /// - Throws: `StoreError` with code `instanceNotFound` or `instanceFinished`.
    public func signal<Value>(
        _ signal: Signal<Value>,
        _ value: Value,
        to instance: InstanceID? = nil,
        id: String? = nil
    ) async throws {
        try await client.handle(subject(instance), returning: Void.self).signal(signal, value, id: id)
    }

    /// Sends a signal that carries no value.
    public func signal(_ signal: Signal<Void>, to instance: InstanceID? = nil, id: String? = nil) async throws {
        try await self.signal(signal, (), to: instance, id: id)
    }

    /// Asks an instance to cancel.
    ///
    /// - Throws: `StoreError` with code `instanceNotFound` or `instanceFinished`.
    public func cancel(_ instance: InstanceID? = nil, reason: String = "") async throws {
        try await client.handle(subject(instance), returning: Void.self).cancel(reason: reason)
    }

    /// Ends an instance at once, without running its code.
    ///
    /// - Throws: `StoreError` with code `instanceNotFound` or `instanceFinished`.
    public func terminate(_ instance: InstanceID? = nil, reason: String = "") async throws {
        try await store.terminate(subject(instance), execution: nil, reason: reason)
    }

    /// What is known of an instance now.
    ///
    /// - Throws: `StoreError` with code `instanceNotFound`.
    public func state(of instance: InstanceID? = nil) async throws -> InstanceState {
        try await client.handle(subject(instance), returning: Void.self).state()
    }

    /// The history of the last execution of an instance.
    ///
    /// - Throws: `StoreError` with code `instanceNotFound`.
    public func history(of instance: InstanceID? = nil) async throws -> [Event] {
        try await client.handle(subject(instance), returning: Void.self).history()
    }

    /// The instances of a workflow that have begun to run, in that order: for sub-workflows, whose ids a test may not know.
    public func instances<W: Workflow>(of type: W.Type) -> [InstanceID] { instances(named: W.name) }

    /// The instances of a workflow that have begun to run, in that order.
    public func instances(named workflow: String) -> [InstanceID] {
        log.filter { $0.kind == .workflowStarted && $0.name == workflow }.compactMap(\.instance)
    }

    /// A client of the store that the tester runs on, for what it does not offer itself. Only the tester moves instances:
    /// awaiting a result here would last for ever.
    public var client: WorkflowClient { WorkflowClient(store: store, coder: coder) }

    private func subject(_ instance: InstanceID?) throws -> InstanceID {
        if let instance { return instance }
        guard let subject = withState({ $0.subject }) else {
            throw TesterError(.misuse, "no instance has been started; start one, or name the one that is meant")
        }
        return subject
    }
}
