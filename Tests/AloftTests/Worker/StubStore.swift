import Aloft
import Synchronization

/// A store that hands out prepared tasks, answers commits as told, and notes what a worker asks of it.
final class StubStore: WorkflowStore {
    enum Call: Sendable {
        case beat
        case commit(Transition)
        case finish(ActivityTask, ActivityOutcome)
        case postpone(problem: String?)
        case handBackUnseen
        case release([InstanceID])
        case leave
    }

    private let tasks: Mutex<[WorkflowTask]>
    private let commits = Atomic<Int>(0)
    /// All that was to be committed.
    let transitions = Mutex<[Transition]>([])
    private let onBeat: @Sendable () -> Result<Bool, StoreError>
    private let onCommit: @Sendable (Int) -> Result<CommitOutcome, StoreError>
    private let report: AsyncStream<Call>.Continuation
    /// What the worker did, in order.
    let calls: AsyncStream<Call>

    /// The executions of the one instance that clients may ask for, each with what is left of its history.
    let executions = Mutex<[(execution: ExecutionID, pages: [[Event]])]>([])

    private let heartbeat = Mutex<(@Sendable () -> Void)?>(nil)
    private let (leaseEnd, leaseEnder) = AsyncStream<Void>.makeStream()
    private let beforeCommit: @Sendable (Transition) async -> Void

    let leaseDuration = Duration.seconds(10)
    let manualClock = ManualClock()
    let now = Timestamp(milliseconds: 1_000)
    var clock: any Clock<Duration> & Sendable { manualClock }

    /// - Parameter onCommit: Answers the commits, which are counted from 1.
    init(
        tasks: [WorkflowTask] = [],
        onBeat: @escaping @Sendable () -> Result<Bool, StoreError> = { .success(true) },
        onCommit: @escaping @Sendable (Int) -> Result<CommitOutcome, StoreError> = { _ in
            .success(.committed(inputs: []))
        },
        beforeCommit: @escaping @Sendable (Transition) async -> Void = { _ in }
    ) {
        self.beforeCommit = beforeCommit
        self.tasks = Mutex(tasks)
        self.onBeat = onBeat
        self.onCommit = onCommit
        (calls, report) = AsyncStream.makeStream()
    }

    func beat(_ registration: WorkerRegistration, isFirst: Bool) async throws(StoreError) -> Bool {
        report.yield(.beat)
        return try onBeat().get()
    }

    func keepAlive(_ registration: WorkerRegistration, onBeat: @escaping @Sendable () -> Void) async {
        heartbeat.withLock { $0 = onBeat }
        for await _ in leaseEnd {}
    }

    /// As if the store had declared the worker dead.
    func endLease() { leaseEnder.finish() }

    var isKeptAlive: Bool { heartbeat.withLock { $0 != nil } }

    /// As if the store had answered a heartbeat.
    func confirmHeartbeat() { heartbeat.withLock { $0 }?() }

    func nextWorkflowTasks(for registration: WorkerRegistration, limit: Int) async throws(StoreError) -> [WorkflowTask]
    {
        let next = tasks.withLock { tasks in
            defer { tasks = [] }
            return tasks
        }
        if next.isEmpty { try await untilCancelled() }
        return next
    }

    func nextActivityTasks(for registration: WorkerRegistration, limit: Int) async throws(StoreError) -> [ActivityTask]
    {
        try await untilCancelled()
        return []
    }

    func commit(_ transition: Transition) async throws(StoreError) -> CommitOutcome {
        await beforeCommit(transition)
        transitions.withLock { $0.append(transition) }
        report.yield(.commit(transition))
        return try onCommit(commits.add(1, ordering: .relaxed).newValue).get()
    }

    func postpone(
        _ task: WorkflowTask,
        by worker: WorkerID,
        delay: Duration,
        problem: String?,
        unknown: UnknownType?
    ) async throws(StoreError) {
        report.yield(.postpone(problem: problem))
    }

    func finish(_ task: ActivityTask, by worker: WorkerID, outcome: ActivityOutcome) async throws(StoreError) -> Bool {
        report.yield(.finish(task, outcome))
        return true
    }

    func leave(_ registration: WorkerRegistration) async throws(StoreError) { report.yield(.leave) }
    func tick(by worker: WorkerID) async throws(StoreError) -> TickReport { TickReport(now: now) }
    func load(_ task: WorkflowTask) async throws(StoreError) -> LoadedExecution? { nil }
    func handBack(
        _ task: ActivityTask,
        by worker: WorkerID,
        delay: Duration,
        unknown: UnknownType?
    ) async throws(StoreError) {}
    func declareDead(_ workers: [WorkerID], lastWords: String?) async throws(StoreError) {}
    func setTrial(of suspect: Suspect, by worker: WorkerID, isOn: Bool) async throws(StoreError) {}
    func handBackUnseen(_ registration: WorkerRegistration) async throws(StoreError) { report.yield(.handBackUnseen) }
    func release(_ instances: [InstanceID], by worker: WorkerID) async throws(StoreError) {
        report.yield(.release(instances))
    }

    // What clients ask.
    func start(_ start: InstanceStart) async throws(StoreError) -> StartOutcome { throw unsupported }
    func deliver(
        _ input: EventBody,
        to instance: InstanceID,
        execution: ExecutionID?,
        id: String?
    ) async throws(StoreError) { throw unsupported }
    func state(of instance: InstanceID) async throws(StoreError) -> InstanceState? {
        executions.withLock { executions in
            executions.first.map {
                InstanceState(
                    instance: instance,
                    execution: $0.execution,
                    workflow: "Chain",
                    queue: .default,
                    status: .running,
                    historyLength: $0.pages.joined().count,
                    createdAt: now
                )
            }
        }
    }

    /// Hands out one page of the first of ``executions``, and goes on to the next when there is none left.
    func history(
        of instance: InstanceID,
        execution: ExecutionID?,
        after number: Int,
        limit: Int
    ) async throws(StoreError) -> [Event] {
        let page = executions.withLock { executions -> [Event]? in
            guard let current = executions.first, execution == nil || execution == current.execution else { return nil }
            guard let page = current.pages.first else { return [] }
            executions[0].pages.removeFirst()
            // It continues as new behind the page, and nothing is kept of it.
            if executions[0].pages.isEmpty, executions.count > 1 { executions.removeFirst() }
            return page
        }
        guard let page else { throw StoreError(.instanceNotFound, "there is no such execution") }
        return page
    }
    func removeFinished(
        _ statuses: Set<InstanceStatus>,
        before moment: Timestamp,
        limit: Int
    ) async throws(StoreError) -> Removal { throw unsupported }
    func terminate(
        _ instance: InstanceID,
        execution: ExecutionID?,
        reason: String
    ) async throws(StoreError) { throw unsupported }
    func liftQuarantine(of instances: [InstanceID]) async throws(StoreError) -> Int { throw unsupported }
    func instances(
        matching filter: InstanceFilter,
        after cursor: InstanceCursor?,
        limit: Int
    ) async throws(StoreError) -> InstancePage { throw unsupported }
    func instanceCounts() async throws(StoreError) -> [InstanceStatus: Int] { throw unsupported }
    func quarantinedCount() async throws(StoreError) -> Int { throw unsupported }
    func queueStates() async throws(StoreError) -> [QueueState] { throw unsupported }
    func pendingActivities(
        of instance: InstanceID,
        after command: CommandID?,
        limit: Int
    ) async throws(StoreError) -> PendingActivityPage { throw unsupported }
    func recentlyFinished(_ statuses: Set<InstanceStatus>, limit: Int) async throws(StoreError) -> [InstanceState] {
        throw unsupported
    }
    func retryNow(_ command: CommandID, of instance: InstanceID) async throws(StoreError) -> Bool { throw unsupported }
    func workers() async throws(StoreError) -> [WorkerState] { throw unsupported }
    func work(of worker: WorkerID, limit: Int) async throws(StoreError) -> [HeldWork] { throw unsupported }
    var limits: StoreLimits { StoreLimits() }
    func audit(after cursor: AuditCursor?, limit: Int, repair: Bool) async throws(StoreError) -> AuditReport {
        throw unsupported
    }
    func claimAudit(by worker: WorkerID, every interval: Duration) async throws(StoreError) -> Bool { false }
    func renewAudit(by worker: WorkerID, every interval: Duration) async throws(StoreError) -> Bool { false }
    func completion(of instance: InstanceID) async throws(StoreError) -> Completion { throw unsupported }
    func remove(_ instance: InstanceID) async throws(StoreError) { throw unsupported }

    private var unsupported: StoreError { StoreError(.misconfigured, "the stub knows no clients") }

    private func untilCancelled() async throws(StoreError) {
        let clock = ManualClock()
        do { try await clock.sleep(for: .seconds(1)) } catch { throw StoreError(.cancelled, "cancelled") }
    }
}
