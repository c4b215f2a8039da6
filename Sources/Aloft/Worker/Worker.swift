public import AloftCore
public import Logging
public import ServiceLifecycle

/// A process's part in the fleet: takes tasks from queues and runs workflows and activities.
///
/// Keeps no state that matters: start more to scale out, kill any at any time. Run it as a service:
///
/// ```swift
/// let worker = Worker(store: store, queues: ["orders"]) {
///     Fulfilment.self
///     Charge(gateway: gateway)
/// }
/// try await ServiceGroup(services: [store, worker], gracefulShutdownSignals: [.sigterm], logger: logger).run()
/// ```
///
/// Graceful shutdown takes no new tasks, lets running activities end within ``WorkerOptions/gracePeriod``, and hands the rest
/// back at once.
public final class Worker: Service, Sendable {
    private let store: any WorkflowStore
    private let queues: [TaskQueue]
    private let options: WorkerOptions
    private let coder: PayloadCoder
    private let logger: Logger
    private let telemetry: Telemetry
    private let components: [WorkerComponent]
    private let readiness = Readiness()
    private let record: HealthRecord

    /// - Parameters:
    ///   - store: Where the instances live. The worker neither starts nor stops it.
    ///   - queues: The queues it serves, at least one; names are checked by ``run()``.
    ///   - options: How much it takes on.
    ///   - coder: Must decode what clients and other workers encode.
    ///   - logger: Told what operators should know; activities and workflows log through it.
    ///   - telemetry: Makes the spans of what it runs, and reads what crosses from clients.
    ///   - components: The workflows and activities that it can run.
    public init(
        store: any WorkflowStore,
        queues: [TaskQueue] = [.default],
        options: WorkerOptions = WorkerOptions(),
        coder: PayloadCoder = PayloadCoder(),
        logger: Logger = Logger(label: "aloft.worker"),
        telemetry: Telemetry = Telemetry(),
        @WorkerBuilder _ components: () -> [WorkerComponent]
    ) {
        self.store = store
        // Each once: a queue that is named twice is not served twice.
        var known: Set<TaskQueue> = []
        self.queues = queues.filter { known.insert($0).inserted }
        self.options = options.bounded
        self.coder = coder
        self.logger = logger
        self.telemetry = telemetry
        self.components = components()
        self.record = HealthRecord(store.clock)
    }

    /// Serves until graceful shutdown or cancellation.
    ///
    /// - Throws: ``RegistrationError`` for components that do not go together or if there is no queue, `StoreError` for
    ///   unusable queue names or a store whose settings are wrong. An absent store is waited for.
    public func run() async throws {
        let registry = try Registry(components, coder: coder)
        for queue in queues { try queue.validated() }
        guard !queues.isEmpty else {
            throw RegistrationError(message: "the worker serves no queue and would take no task; name at least one")
        }
        defer {
            record.enter(.stopped)
            readiness.close()
        }
        // A worker that was silent for longer than its lease holds nothing any more: it starts over as somebody new.
        var former: WorkerRegistration?
        while true {
            let session = WorkerSession(
                store: store,
                registry: registry,
                queues: queues,
                options: options,
                coder: coder,
                logger: logger,
                telemetry: telemetry,
                health: record
            )
            switch try await session.run(insteadOf: former, onReady: { self.readiness.open() }) {
            case .stopped: return
            case .leaseLost:
                record.enter(.starting)
                logger.warning("the lease was lost; starting over as a new worker")
            }
            former = session.registration
        }
    }

    /// Waits until the worker takes tasks. Returns at once if it does already.
    ///
    /// - Throws: `CancellationError` if the worker stops before it was ready, or if the calling task is cancelled.
    public func waitUntilReady() async throws { try await readiness.wait() }

    /// How it is now, by what it knows of itself: asks nobody, and may be looked at as often as you like, from anywhere.
    public var health: WorkerHealth {
        record.snapshot(lease: store.leaseDuration, pollDuration: store.pollDuration)
    }
}
