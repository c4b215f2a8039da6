@_exported public import AloftCore

/// Starts, awaits, signals and cancels instances. Cheap to make and to share; keeps no state.
public struct WorkflowClient: Sendable {
    public let store: any WorkflowStore
    package let coder: PayloadCoder
    package let telemetry: Telemetry

    /// - Parameters:
    ///   - store: Where the instances live. The client neither starts nor stops it.
    ///   - coder: Must decode what the workers encode.
    ///   - telemetry: What crosses to the workflows that it starts and signals.
    public init(
        store: any WorkflowStore,
        coder: PayloadCoder = PayloadCoder(),
        telemetry: Telemetry = Telemetry()
    ) {
        self.store = store
        self.coder = coder
        self.telemetry = telemetry
    }

    /// The handle of an instance that exists, or may exist. Asks nobody.
    public func handle<Output: Sendable>(
        _ instance: InstanceID,
        returning output: Output.Type = Output.self
    ) -> InstanceHandle<Output> {
        InstanceHandle(instance: instance, store: store, coder: coder, telemetry: telemetry)
    }
}
