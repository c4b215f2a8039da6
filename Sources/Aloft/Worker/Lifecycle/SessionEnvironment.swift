internal import AloftClient
internal import AloftCore
internal import AloftMetrics
internal import Logging
internal import Synchronization

/// What all parts of one worker incarnation share.
final class SessionEnvironment: Sendable {
    let store: any WorkflowStore
    let registry: Registry
    let registration: WorkerRegistration
    let options: WorkerOptions
    let coder: PayloadCoder
    let logger: Logger
    let telemetry: Telemetry
    /// `nil` if nothing is measured.
    let metrics: WorkerMetrics?
    let health: HealthRecord
    let workflowSlots: Slots
    let activitySlots: Slots
    let workflowTrials: Trials
    let activityTrials: Trials
    let alarm = Alarm()
    let watchdog: Watchdog
    /// Opens when a call learns that the lease is lost: nobody waits for the next heartbeat to say so.
    let leaseEnd = Readiness()
    /// Calls that are made until they succeed; see ``insist(on:after:_:)``.
    let repeats = TaskTracker()
    private let transitions = Atomic<Int>(0)
    private let over = Atomic<Bool>(false)

    init(
        store: any WorkflowStore,
        registry: Registry,
        registration: WorkerRegistration,
        options: WorkerOptions,
        coder: PayloadCoder,
        logger: Logger,
        telemetry: Telemetry,
        health: HealthRecord
    ) {
        var logger = logger
        logger[metadataKey: LogKey.worker] = "\(registration.worker)"
        self.store = store
        self.registry = telemetry.metrics.isOff ? registry : registry.measured(by: telemetry.metrics)
        self.registration = registration
        self.options = options
        self.coder = coder
        self.logger = logger
        self.telemetry = telemetry
        self.health = health
        workflowSlots = Slots(options.maximumWorkflowTasks)
        activitySlots = Slots(options.maximumActivities)
        metrics =
            telemetry.metrics.isOff
            ? nil
            : WorkerMetrics(
                telemetry.metrics,
                registration,
                workflowSlots: workflowSlots,
                activitySlots: activitySlots
            )
        workflowTrials = Trials(slots: options.maximumWorkflowTasks)
        activityTrials = Trials(slots: options.maximumActivities)
        watchdog = Watchdog(limit: options.stallLimit, logger: logger) { [metrics] task, problem in
            metrics?.met("stalled")
            Task {
                try? await store.postpone(
                    task,
                    by: registration.worker,
                    delay: Watchdog.retryInterval,
                    problem: problem
                )
            }
        }
    }

    var worker: WorkerID { registration.worker }

    /// A name for a transition that no other has.
    func nextTransitionID() -> String {
        "\(worker)-\(transitions.add(1, ordering: .relaxed).newValue)"
    }

    /// Whether this incarnation holds nothing any more, so that no call of it is worth repeating.
    var isOver: Bool { over.load(ordering: .relaxed) }

    func declareOver() {
        over.store(true, ordering: .relaxed)
        repeats.cancelAll()
    }

    /// Makes a call of the store until it succeeds, unless repeating it is pointless. Safe for calls that are idempotent or
    /// fenced, which those of workers all are.
    ///
    /// - Parameter isStarting: Whether wrong settings are for whoever starts the worker to see. Later on they may become
    ///   right again, as when a password is changed, and nothing may be dropped for them.
    /// - Throws: What another try would not change.
    func persist<Value>(
        _ what: @autoclosure () -> String,
        isStarting: Bool = false,
        _ call: () async throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        var delay = Duration.milliseconds(50)
        while true {
            do throws(StoreError) {
                return try await call()
            } catch {
                let isPassing =
                    error.code == .unavailable || error.code == .outcomeUnknown
                    || error.code == .misconfigured && !isStarting
                guard isPassing, !isOver else { throw error }
                logger.warning("could not \(what()), trying again", metadata: [LogKey.error: "\(error)"])
            }
            do { try await store.clock.sleep(for: delay) } catch {
                throw StoreError(.cancelled, "the worker was cancelled while the store was unavailable")
            }
            delay = min(delay * 2, .seconds(2))
        }
    }
}
