internal import AloftClient
internal import AloftCore
internal import Logging
internal import ServiceLifecycle

#if canImport(FoundationEssentials)
private import FoundationEssentials
#else
private import Foundation
#endif

/// One incarnation of a worker: from its registration until it leaves the fleet or is declared dead.
final class WorkerSession: Sendable {
    enum End {
        /// It was asked to stop and has handed everything back.
        case stopped
        /// It was silent for longer than its lease: others have taken its work.
        case leaseLost
    }

    let environment: SessionEnvironment
    let activities: ActivityRunner
    let driver: ExecutionDriver

    init(
        store: any WorkflowStore,
        registry: Registry,
        queues: [TaskQueue],
        options: WorkerOptions,
        coder: PayloadCoder,
        logger: Logger,
        telemetry: Telemetry,
        health: HealthRecord
    ) {
        let process = ProcessInfo.processInfo
        let registration = WorkerRegistration(
            workflowQueues: options.servesWorkflows ? queues : [],
            activityQueues: options.servesActivities ? queues : [],
            workflows: registry.workflows.keys.sorted(),
            activities: registry.activities.keys.sorted(),
            host: "\(process.hostName):\(process.processIdentifier)"
        )
        environment = SessionEnvironment(
            store: store,
            registry: registry,
            registration: registration,
            options: options,
            coder: coder,
            logger: logger,
            telemetry: telemetry,
            health: health
        )
        activities = ActivityRunner(environment: environment)
        driver = ExecutionDriver(environment: environment, activities: activities)
    }

    /// Under which name the others know it.
    var registration: WorkerRegistration { environment.registration }

    /// - Parameters:
    ///   - former: What this worker was before it lost its lease.
    ///   - onReady: Called when tasks are being taken.
    /// - Throws: `StoreError` for what waiting does not change.
    func run(insteadOf former: WorkerRegistration? = nil, onReady: @Sendable () -> Void) async throws -> End {
        let store = environment.store
        let registration = environment.registration
        defer { environment.metrics?.retire() }
        let post = SupervisorPost()
        // Only the first incarnation: the later ones have nothing new to tell.
        if former == nil, let note = post?.crashNote() { await pass(on: note) }
        post?.enlist(registration.worker)
        switch try await register() {
        case .registered: break
        case .stopped: return .stopped
        case .declaredDead: return .leaseLost
        }
        // It has not died, so that nothing that it had in hand may count as having killed it.
        if let former { try? await store.leave(former) }
        environment.health.beat()
        environment.health.enter(.serving)
        environment.logger.info("worker started")
        let loops = Task { await self.runLoops() }
        onReady()
        return await withTaskGroup(of: End.self) { group in
            group.addTask {
                await store.keepAlive(registration) { self.environment.health.beat() }
                // A worker that is stopping by now hears of it here.
                if !Task.isCancelled { self.environment.leaseEnd.open() }
                return .leaseLost
            }
            group.addTask {
                try? await self.environment.leaseEnd.wait()
                return .leaseLost
            }
            group.addTask {
                try? await gracefulShutdown()
                return .stopped
            }
            let end = await group.next() ?? .stopped
            // Cancellation ends both at once; which came first says nothing then.
            let isCancelled = Task.isCancelled
            switch isCancelled ? .stopped : end {
            case .stopped: await stop(loops, isGraceful: !isCancelled)
            case .leaseLost: await abandon(loops)
            }
            group.cancelAll()
            return isCancelled ? .stopped : end
        }
    }

    private enum Registering {
        case registered
        /// It was told to stop before the store could be reached.
        case stopped
        /// The answer took longer than the lease.
        case declaredDead
    }

    private func register() async throws -> Registering {
        let environment = environment
        do {
            let isAlive = try await cancelWhenGracefulShutdown {
                try await environment.persist("register the worker", isStarting: true) { () throws(StoreError) in
                    try await environment.store.beat(environment.registration, isFirst: true)
                }
            }
            return isAlive ? .registered : .declaredDead
        } catch let error as StoreError where error.code == .cancelled {
            return .stopped
        }
    }

    /// Says in the name of the supervisor which workers died with the process before this one.
    private func pass(on note: CrashNote) async {
        let environment = environment
        do {
            try await cancelWhenGracefulShutdown {
                try await environment.persist("declare crashed workers dead", isStarting: true) {
                    () throws(StoreError) in
                    try await environment.store.declareDead(note.workers, lastWords: note.text)
                }
            }
            environment.logger.info(
                "what this program held when it crashed is taken over at once",
                metadata: ["aloft.dead": "\(note.workers)"]
            )
        } catch let error as StoreError where error.code == .cancelled {
            return
        } catch {
            environment.logger.warning(
                "could not declare crashed workers dead; their work is taken over when their lease has run out",
                metadata: [LogKey.error: "\(error)"]
            )
        }
    }

    private func runLoops() async {
        let poller = TaskPoller(environment: environment, driver: driver, activities: activities)
        let pump = DuePump(environment: environment, driver: driver)
        let auditor = Auditor(environment: environment)
        await withTaskGroup { group in
            group.addTask { await poller.pollWorkflowTasks() }
            group.addTask { await poller.pollActivityTasks() }
            group.addTask { await pump.run() }
            group.addTask { await auditor.run() }
            if environment.metrics != nil {
                let sampler = QueueSampler(environment: environment, factory: environment.telemetry.metrics)
                group.addTask { await sampler.run() }
            }
        }
    }
}
